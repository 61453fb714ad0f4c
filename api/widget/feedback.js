/** Thumbs under an answer: whether it helped. */

import { element } from "../page/scripts/dom.js";
import { labelled } from "./language.js";
import { showProblem } from "./problem.js";
import { giveFeedback } from "./service.js";

/** Returns the line that asks whether the answer helped; thanks take its place. */
export function feedbackLine({ id }) {
  const line = element("div", { class: "feedback", role: "group", tabindex: -1, ariaLabel: "wasItHelpful" });
  const thumb = (label, helpful) => {
    const click = async () => {
      try {
        await giveFeedback({ answer_id: id, helpful });
        labelled(line, "thanks");
      } catch (error) {
        showProblem(line, error);
      }
      line.focus(); // it is read out, and the keyboard stays here
    };
    return element("button", { type: "button", class: "small", label, on: { click } });
  };
  const asked = element("span", { label: "wasItHelpful" });
  line.append(asked, thumb("helpfulYes", true), thumb("helpfulNo", false));
  return line;
}
