// Asks a running service through the Vercel AI SDK, and prints what arrives as JSON.
// node ai-sdk.mjs http://127.0.0.1:8000/v1 '{"model": …, "question": …, "missing": …, "followUp": …}'
import { createOpenAI } from "@ai-sdk/openai";
import { embed, generateText, streamText } from "ai";

globalThis.AI_SDK_LOG_WARNINGS = false; // they would stand among the JSON

const [baseURL, asked] = process.argv.slice(2);
const { model, question, missing, followUp } = JSON.parse(asked);
const sourcier = createOpenAI({ baseURL, apiKey: "none" });
const kept = { openai: { store: false } };

const seen = ({ text, sources, finishReason, usage, toolCalls }) => ({
  text,
  finishReason,
  sources: sources.map(({ sourceType, url, title, filename }) => ({
    sourceType,
    url,
    title,
    filename,
  })),
  tokens: usage.totalTokens,
  tools: (toolCalls ?? []).map(({ toolName, invalid }) => ({ toolName, invalid })),
});

async function whole(chosen, options) {
  return seen(await generateText({ model: chosen, providerOptions: kept, maxRetries: 0, ...options }));
}

async function streamed(chosen, options) {
  const result = streamText({ model: chosen, providerOptions: kept, maxRetries: 0, ...options });
  const parts = [];
  for await (const part of result.fullStream) {
    if (part.type === "error") throw part.error;
    parts.push(part.type);
  }
  const { text, sources, finishReason, usage, toolCalls } = result;
  return {
    ...seen({
      text: await text,
      sources: await sources,
      finishReason: await finishReason,
      usage: await usage,
      toolCalls: await toolCalls,
    }),
    parts,
  };
}

async function conversation(chosen) {
  const first = await generateText({ model: chosen, providerOptions: kept, prompt: question });
  const messages = [
    { role: "user", content: question },
    ...first.response.messages,
    { role: "user", content: followUp },
  ];
  return whole(chosen, { messages });
}

async function refused() {
  try {
    await generateText({ model: sourcier.chat("gpt-4"), maxRetries: 0, prompt: question });
  } catch (error) {
    return { status: error.statusCode, message: error.message };
  }
}

const result = {};
for (const [name, chosen] of [
  ["chat", sourcier.chat(model)],
  ["responses", sourcier.responses(model)],
]) {
  result[name] = {
    whole: await whole(chosen, { prompt: question }),
    streamed: await streamed(chosen, { prompt: question }),
    missing: await streamed(chosen, { prompt: missing }),
    followUp: await conversation(chosen),
  };
}
result.searched = await whole(sourcier.responses(model), {
  prompt: question,
  tools: { file_search: sourcier.tools.fileSearch({ vectorStoreIds: ["default"] }) },
});
const { embedding } = await embed({ model: sourcier.embedding("sourcier-embedding"), value: question });
result.dimension = embedding.length;
result.refused = await refused();
process.stdout.write(JSON.stringify(result));
