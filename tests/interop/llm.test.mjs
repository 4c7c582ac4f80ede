// Answers of language models, read by the vendors' own clients.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { parse_events } from './support/event_stream.mjs';
import { start_sse_server } from './support/sse_server.mjs';
import { until } from './support/until.mjs';

const server = await start_sse_server({ after });
const openai = new OpenAI({ apiKey: 'none', baseURL: `${server.http}/v1`, maxRetries: 0 });
const anthropic = new Anthropic({ apiKey: 'none', baseURL: server.http, maxRetries: 0 });

const whole_text = 'Grüße, 世界 😀 "quoted"\n';
const messages = [{ role: 'user', content: 'Hello' }];

const chat = (model, options = {}) => openai.chat.completions.create({ model, messages, stream: true, ...options });
const respond = (model) => openai.responses.create({ model, input: 'Hello', stream: true });
const message = (model) => anthropic.messages.stream({ model, messages, max_tokens: 100 });

async function collect(stream) {
  const all = [];
  for await (const event of stream) all.push(event);
  return all;
}

/** What came before the error, and the error. */
async function until_error(stream) {
  const all = [];
  try {
    for await (const event of stream) all.push(event);
  } catch (error) {
    return { all, error };
  }
  return assert.fail('no error');
}

test('Chat Completions: text, its end, and usage when it is asked for', async () => {
  const chunks = await collect(await chat('text'));
  assert.equal(chunks.map(({ choices }) => choices[0].delta.content ?? '').join(''), whole_text);
  assert.equal(chunks[0].choices[0].delta.role, 'assistant');
  assert.equal(chunks.at(-1).choices[0].finish_reason, 'stop');
  assert.ok(chunks.every(({ id, object, usage }) => id === 'chatcmpl-test' && object === 'chat.completion.chunk' && !usage));
  const counted = await collect(await chat('text', { stream_options: { include_usage: true } }));
  assert.deepEqual(counted.at(-1).choices, []);
  assert.deepEqual(counted.at(-1).usage, { prompt_tokens: 11, completion_tokens: 4, total_tokens: 15 });
  assert.equal((await collect(await chat('long'))).at(-1).choices[0].finish_reason, 'length');
});

test('Chat Completions: the client puts tool calls together', async () => {
  const whole = await openai.chat.completions.stream({ model: 'tools', messages }).finalChatCompletion();
  const [{ finish_reason, message: said }] = whole.choices;
  assert.equal(finish_reason, 'tool_calls');
  assert.equal(said.content, 'Let me look. ');
  assert.deepEqual(
    said.tool_calls.map(({ id, function: { name, arguments: text } }) => [id, name, JSON.parse(text)]),
    [
      ['call_Oslo', 'weather', { city: 'Oslo' }],
      ['call_Bergen', 'weather', { city: 'Bergen' }],
    ],
  );
});

test('Chat Completions: nothing but data lines and comments, one terminal event', async () => {
  for (const model of ['text', 'tools', 'broken', 'throws']) {
    const response = await fetch(`${server.http}/v1/chat/completions`, { method: 'POST', body: JSON.stringify({ model, messages }) });
    const blocks = parse_events(Buffer.from(await response.arrayBuffer()));
    for (const block of blocks) assert.ok(['data', 'comment'].includes(Object.keys(block).join()), JSON.stringify(block));
    const ends = blocks.filter(({ data }) => data === '[DONE]' || data?.startsWith('{"error"'));
    assert.equal(ends.length, 1);
    assert.equal(blocks.at(-1), ends[0]);
  }
});

test('Responses: text and tool calls, and the whole answer in the last event', async () => {
  const events = await collect(await respond('text'));
  assert.equal(events[0].type, 'response.created');
  assert.deepEqual(events.map(({ sequence_number }) => sequence_number), events.map((_, i) => i));
  assert.equal(events.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta).join(''), whole_text);
  const { type, response } = events.at(-1);
  assert.equal(type, 'response.completed');
  assert.equal(response.output[0].content[0].text, whole_text);
  assert.equal(response.usage.total_tokens, 15);

  const whole = await openai.responses.stream({ model: 'tools', input: 'Hello' }).finalResponse();
  assert.deepEqual(whole.output.map(({ type: kind, name, arguments: text }) => [kind, name, text && JSON.parse(text)]), [
    ['message', undefined, undefined],
    ['function_call', 'weather', { city: 'Oslo' }],
    ['function_call', 'weather', { city: 'Bergen' }],
  ]);
  assert.equal((await collect(await respond('long'))).at(-1).response.incomplete_details.reason, 'max_output_tokens');
});

test('Messages: text, tool calls and usage', async () => {
  const said = await message('text').finalMessage();
  assert.equal(said.content[0].text, whole_text);
  assert.equal(said.stop_reason, 'end_turn');
  assert.deepEqual([said.usage.input_tokens, said.usage.output_tokens], [11, 4]);
  const called = await message('tools').finalMessage();
  assert.equal(called.stop_reason, 'tool_use');
  assert.deepEqual(called.content.slice(1).map(({ type, id, name, input }) => ({ type, id, name, input })), [
    { type: 'tool_use', id: 'call_Oslo', name: 'weather', input: { city: 'Oslo' } },
    { type: 'tool_use', id: 'call_Bergen', name: 'weather', input: { city: 'Bergen' } },
  ]);
  assert.equal((await message('long').finalMessage()).stop_reason, 'max_tokens');
});

test('an answer that breaks off is an error for every client, behind what it said', async () => {
  for (const model of ['broken', 'throws']) {
    const told = model === 'broken' ? /the model fell over/ : /could not be completed/;
    const of_chat = await until_error(await chat(model));
    assert.match(JSON.stringify(of_chat.error.error ?? of_chat.error.message), told);
    assert.ok(of_chat.all.some(({ choices }) => choices[0].delta.content === 'so far'));
    const of_responses = (await collect(await respond(model))).at(-1); // which this client hands on as it is
    assert.equal(of_responses.type, 'error');
    assert.match(of_responses.message, told);
    const of_messages = await until_error(message(model));
    assert.match(of_messages.error.message, told);
    for (const { error } of [of_chat, of_messages]) assert.doesNotMatch(String(error), /nobody's business/);
  }
});

test('an error before the first word is a status', async () => {
  await assert.rejects(chat('busy'), (error) => error instanceof OpenAI.RateLimitError && /come back later/.test(error.message));
  await assert.rejects(respond('busy'), (error) => error instanceof OpenAI.RateLimitError);
  await assert.rejects(message('busy').finalMessage(), (error) => error instanceof Anthropic.RateLimitError && error.error.error.type === 'rate_limit_error');
});

test('a client that aborts stops the producer within a second', async () => {
  const streams = [await chat('endless'), await respond('endless'), await chat('endless')];
  for (const stream of streams)
    for await (const event of stream) {
      assert.ok(event);
      break; // which aborts
    }
  const words = message('endless');
  await new Promise((resolve) => words.once('text', resolve));
  words.on('error', () => {}).on('abort', () => {});
  words.abort();
  await until(async () => (await server.active()) === 0, 'nothing is produced any more', 1_000);
});
