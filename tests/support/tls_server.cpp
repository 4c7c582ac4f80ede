// A server over TLS for browsers: what is said on the WebSocket /say is heard in the event stream /feed/said.
// Argument: a folder for its certificate, which it makes itself and replaces by the next one on SIGHUP, as
// a renewal does. Prints its address, then the name of each certificate in use.

#include <unisono/server/server.hpp>
#include <unisono/tls/tls_context.hpp>

#include "support/certificate.hpp"

#include <csignal>
#include <cstdio>
#include <string>
#include <utility>

using namespace unisono;

namespace {

/// Puts a new certificate into the place of the old one and returns its name.
std::string renew(tls_certificate const& files) {
    static long serial = 0;
    auto const name = "certificate-" + std::to_string(++serial) + ".localhost";
    test::write_certificate(files.chain_file, files.key_file, serial, name);
    return name;
}

void say(std::string const& line) {
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2)
        return 1;
    std::string const folder = argv[1];
    tls_certificate const files{folder + "/chain.pem", folder + "/key.pem"};
    auto name = renew(files);
    auto const context = tls_context::open({.certificates = {files}}).value();

    sigset_t renewal;
    sigemptyset(&renewal);
    sigaddset(&renewal, SIGHUP);
    ::pthread_sigmask(SIG_BLOCK, &renewal, nullptr); // also in the server's threads

    server app{{.port = 0, .threads = 2, .tls = context}};
    app.websocket("/say", {.on_message = [&](websocket_session const& s, bytes_view data, bool) {
                      app.rooms().publish("said", {.data = payload{data}});
                      s.send_text(as_text(data));
                  }});
    app.feed("/feed/{room}");
    app.get("/", [](http_exchange x) {
        auto page = text_response("<!doctype html><link rel=icon href=data:,><title>over TLS</title>");
        page.headers.set("Content-Type", "text/html");
        x.respond(std::move(page));
    });
    if (!app.start())
        return 1;
    say("https://127.0.0.1:" + std::to_string(app.port()));
    for (int signal = 0;;) {
        say(name);
        if (::sigwait(&renewal, &signal) != 0)
            return 1;
        name = renew(files);
        if (!context->reload())
            return 1;
    }
}
