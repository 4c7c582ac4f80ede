#pragma once

#include <csignal>
#include <cstdint>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace unisono::test {

/// A server in a process of its own, which says in its first line where it listens.
class server_process {
public:
    /// `arguments` without the program's name; the server takes a free port.
    server_process(std::string program, std::vector<std::string> arguments) {
        int output[2];
        if (::pipe(output) != 0)
            throw std::runtime_error("no pipe");
        std::vector<char*> argv{program.data()};
        for (auto& a : arguments)
            argv.push_back(a.data());
        argv.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
        for (int const end : output)
            ::posix_spawn_file_actions_addclose(&actions, end);
        int const failed = ::posix_spawn(&process_, program.c_str(), &actions, nullptr, argv.data(), environ);
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(output[1]);
        std::string line;
        char c = 0;
        while (failed == 0 && ::read(output[0], &c, 1) == 1 && c != '\n')
            line += c;
        ::close(output[0]);
        if (failed != 0)
            throw std::runtime_error("cannot run " + program);
        if (c != '\n') {
            kill();
            throw std::runtime_error("the server ended: " + program);
        }
        port_ = static_cast<std::uint16_t>(std::stoul(line.substr(line.rfind(':') + 1)));
    }
    ~server_process() { kill(); }
    server_process(server_process const&) = delete;
    server_process& operator=(server_process const&) = delete;

    std::uint16_t port() const noexcept { return port_; }

    /// At once, without any chance to tidy up.
    void kill() {
        if (process_ <= 0)
            return;
        ::kill(process_, SIGKILL);
        ::waitpid(std::exchange(process_, 0), nullptr, 0);
    }

private:
    pid_t process_ = 0;
    std::uint16_t port_ = 0;
};

} // namespace unisono::test
