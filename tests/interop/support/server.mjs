// The showcase server as a child process that no test leaves behind.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from './until.mjs';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
export const build = process.env.UNISONO_BUILD_DIR ?? path.join(repository, 'build/dev');
export const program = process.env.SHOWCASE ?? path.join(build, 'examples/showcase/showcase');

const running = new Set();
// Also when a test file is ended from outside, or by an exception.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
process.on('SIGTERM', () => process.exit(1));

/** A folder of its own for the owner: a test's context, or {after} of node:test for a whole file. */
export function temporary_folder(owner) {
  const folder = mkdtempSync(path.join(tmpdir(), 'unisono-'));
  owner.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the program (or another `file`) with these arguments; `exited` resolves to {code, signal}. */
export function run(owner, args, file = program) {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const process_ = { pid: child.pid, stdout: '', stderr: '', over: false, signal: (name) => child.kill(name) };
  child.stdout.setEncoding('utf8').on('data', (text) => (process_.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (process_.stderr += text));
  process_.exited = new Promise((resolve, reject) => {
    child.on('error', (error) => {
      running.delete(child);
      process_.over = true;
      reject(error);
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      process_.over = true;
      resolve({ code, signal });
    });
  });
  owner.after(async () => {
    child.kill('SIGKILL');
    await process_.exited.catch(() => {});
  });
  return process_;
}

export class Server {
  constructor(owner, program, args) {
    this.owner = owner;
    this.program = program;
    this.args = args;
    this.port = 0;
  }

  /** Again on the same port and data. */
  async start() {
    this.process = run(this.owner, ['--port', String(this.port), ...this.args], this.program);
    await until(() => this.process.over || this.process.stdout.includes('\n'), `${this.program} starts`, 20_000);
    if (this.process.over) throw new Error(`${this.program} does not start: ${this.process.stderr}`);
    this.port = Number(/:(\d+)\n/.exec(this.process.stdout)[1]);
    this.http = `http://127.0.0.1:${this.port}`;
    this.ws = `ws://127.0.0.1:${this.port}`;
    return this;
  }

  /** In order, as a service manager does. */
  async stop() {
    this.process.signal('SIGTERM');
    await until(() => this.process.over, 'the server ends after SIGTERM', 20_000);
    return this.process.exited;
  }

  /** As a power cut does. */
  async kill() {
    this.process.signal('SIGKILL');
    return this.process.exited;
  }

  resident_bytes() {
    const status = readFileSync(`/proc/${this.process.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) * 1024;
  }

  open_files() {
    return readdirSync(`/proc/${this.process.pid}/fd`).length;
  }
}

export function start_server(owner, { threads = 1, data = temporary_folder(owner), args = [] } = {}) {
  const server = new Server(owner, program, ['--threads', String(threads), '--data', data, ...args]);
  server.data = data;
  return server.start();
}

/** Documents over Hocuspocus, y-websocket and in rooms; see tests/support/hocuspocus_server.cpp. */
export function start_hocuspocus_server(owner, { threads = 1 } = {}) {
  const args = ['--threads', String(threads), '--data', temporary_folder(owner)];
  return new Server(owner, path.join(build, 'tests/hocuspocus_server'), args).start();
}

/** Rooms with other times and limits than the showcase's; `options` are those of tests/support/protocol_server.cpp. */
export function start_protocol_server(owner, options = {}) {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  return new Server(owner, path.join(build, 'tests/protocol_server'), args).start();
}
