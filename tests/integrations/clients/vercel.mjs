// Asks through the Vercel AI SDK and prints what arrives as JSON.
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, streamText } from "ai";

globalThis.AI_SDK_LOG_WARNINGS = false; // they would stand among the JSON

const { openUrl, lockedUrl, key, question, streamed, unanswered, unknown } = JSON.parse(
  process.env.ASKED,
);
const provider = (url, apiKey) => createOpenAI({ baseURL: `${url}/v1`, apiKey });
const sourcier = provider(openUrl, "none");
const options = (model, prompt) => ({
  model,
  prompt,
  maxRetries: 0,
  providerOptions: { openai: { store: false } },
});

async function failure(model) {
  try {
    await generateText(options(model, question));
  } catch (error) {
    return { name: `${error.name}, ${error.statusCode}`, message: error.message };
  }
}

const model = sourcier("sourcier/default");
const whole = await generateText(options(model, question));
const refused = await generateText(options(model, unanswered));
const pieces = [];
for await (const piece of streamText(options(model, streamed)).textStream) pieces.push(piece);
const opened = await generateText(options(provider(lockedUrl, key)("sourcier/default"), question));
process.stdout.write(
  JSON.stringify({
    text: whole.text,
    sources: whole.sources.map(({ url, title }) => ({ url, title })),
    pieces,
    streamedWhole: (await generateText(options(model, streamed))).text,
    refusal: refused.text,
    refusalSources: refused.sources.length,
    error: await failure(sourcier(`sourcier/${unknown}`)),
    withoutKey: await failure(provider(lockedUrl, "none")("sourcier/default")),
    opened: opened.text === whole.text,
  }),
);
