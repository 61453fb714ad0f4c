/** Thumbs under an answer, then room for a comment; each is sent as it is given. */

import { giveFeedback } from "./api.js";
import { element } from "./dom.js";
import { labelled } from "./language.js";
import { clearProblem, showProblem } from "./problem.js";

const LONGEST_COMMENT = 2000;

/** Returns the panel that asks whether `answer` helped. */
export function feedbackPanel({ id }) {
  const question = element("span", { "aria-hidden": "true", label: "wasItHelpful" });
  const thanks = element("p", { class: "thanks", role: "status", tabindex: -1 });
  const problem = element("div", { class: "problem", role: "alert", hidden: true });
  const group = element("div", { class: "thumbs", role: "group", ariaLabel: "wasItHelpful" });
  const panel = element("div", { class: "feedback" }, group, thanks, problem);
  const thumbs = [thumb("up", "helpfulYes"), thumb("down", "helpfulNo")];
  group.append(question, ...thumbs);

  for (const [place, button] of thumbs.entries()) {
    button.addEventListener("click", async () => {
      if (button.getAttribute("aria-disabled") === "true") return;
      const opinion = { answer_id: id, helpful: place === 0 };
      setDisabled(thumbs, true);
      if (await sent(opinion, problem)) {
        button.setAttribute("aria-pressed", "true");
        labelled(thanks, "thanks");
        thanks.after(commentForm(opinion, { thanks, problem }));
      } else {
        setDisabled(thumbs, false);
      }
    });
  }
  return panel;
}

/** Returns the form that adds a comment to `opinion`, which was sent without one. */
function commentForm(opinion, { thanks, problem }) {
  const id = `comment-${opinion.answer_id}`;
  const field = element("textarea", { id, rows: 2, maxlength: LONGEST_COMMENT });
  const send = element("button", { type: "submit", class: "secondary", label: "sendComment" });
  const label = element("label", { for: id, label: "comment" });
  const form = element("form", { class: "comment" }, label, field, send);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const comment = field.value.trim();
    if (!comment) {
      field.focus();
      return;
    }
    send.disabled = true;
    if (await sent({ ...opinion, comment }, problem)) {
      form.remove();
      labelled(thanks, "thanksForComment");
      thanks.focus({ preventScroll: true });
    } else {
      send.disabled = false;
    }
  });
  return form;
}

/** Sends `opinion` and returns whether it arrived; if not, `problem` shows why. */
async function sent(opinion, problem) {
  clearProblem(problem);
  try {
    await giveFeedback(opinion);
    return true;
  } catch (error) {
    showProblem(problem, error);
    return false;
  }
}

function thumb(direction, label) {
  return element("button", {
    type: "button",
    class: `thumb ${direction}`,
    "aria-pressed": "false",
    label,
  });
}

/** By ARIA, so that the focus is not lost with the button. */
function setDisabled(thumbs, disabled) {
  for (const button of thumbs) button.setAttribute("aria-disabled", String(disabled));
}
