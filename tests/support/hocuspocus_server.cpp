// Documents at /hocuspocus, /yjs, /guarded (y-websocket with a token) and, in channels, /ws, so that other
// languages can test their clients: hocuspocus_server [--port N] [--threads N] [--data DIR]
// [--relay first]: before changes are stored. [--commit-delay MS]: see sqlite_options. Used by
// interop/hocuspocus.test.mjs.
//
// Tokens: "bad" is refused, "read" may only read, anything else is the user's name and may do everything;
// with "late " in front the answer comes later, from another thread. Stateless messages: "echo <text>", "all
// <text>" (to everybody in the document), "token" (asks for it), "close <reason>"; "hold" and "release" stop
// the store and let it go on; "none <user>", "read <user>" and "write <user>" change rights, "append <text>"
// edits, a document named "live-...", "remove" removes one, "erase" everywhere.
#include <unisono/document/resident_yjs.hpp>
#include <unisono/server/server.hpp>
#include <unisono/store/store_sqlite.hpp>
#include <unisono/wire/url.hpp>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace unisono;

/// A store whose changes wait while it is told to hold them.
class holding_store final : public document_store {
public:
    explicit holding_store(std::unique_ptr<document_store> below) : below_(std::move(below)) {}

    void hold() {
        std::lock_guard const lock{mutex_};
        holds_ = true;
    }
    void release() {
        std::lock_guard const lock{mutex_};
        holds_ = false;
        for (auto const& change : std::exchange(held_, {}))
            change();
    }

    void load(std::string_view name, executor& on, load_handler done) override {
        below_->load(name, on, std::move(done));
    }
    void append(std::string_view name, record_format const& format, payload record, executor& on,
                append_handler done) override {
        std::lock_guard const lock{mutex_};
        if (holds_)
            held_.push_back([this, name = std::string{name}, format, record, &on, done] {
                below_->append(name, format, record, on, done);
            });
        else
            below_->append(name, format, std::move(record), on, std::move(done));
    }
    void compact(std::string_view name, record_format const& format, payload snapshot,
                 std::uint64_t includes_seq, executor& on, done_handler done) override {
        below_->compact(name, format, std::move(snapshot), includes_seq, on, std::move(done));
    }
    void remove(std::string_view name, executor& on, done_handler done) override {
        below_->remove(name, on, std::move(done));
    }
    void close() override { below_->close(); }

private:
    std::unique_ptr<document_store> below_;
    std::mutex mutex_;
    bool holds_ = false;
    std::vector<task> held_;
};

void look_up(std::string_view shown, host_reply<document_grant> reply) {
    constexpr std::string_view late = "late ";
    bool const waits = shown.starts_with(late);
    std::string const token{waits ? shown.substr(late.size()) : shown};
    document_grant grant{.user = token};
    if (token == "bad")
        grant = {.access = document_access::none, .reason = "this token is bad"};
    else if (token == "read")
        grant.access = document_access::read;
    if (!waits)
        return reply(grant);
    std::thread{[reply = std::move(reply), grant] {
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
        reply(grant);
    }}.detach();
}

void authenticate(hocuspocus_claim const& claim, host_reply<document_grant> const& reply) {
    look_up(claim.token, reply);
}

void authorise(y_websocket_claim const& claim, host_reply<document_grant> const& reply) {
    for (auto const& [name, value] : parse_query(claim.request->query))
        if (name == "token")
            return look_up(value, reply);
    look_up("bad", reply);
}

int number(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

} // namespace

int main(int argc, char** argv) {
    std::map<std::string_view, std::string_view> asked{
        {"--port", "0"}, {"--threads", "1"}, {"--data", "."}, {"--relay", "stored"}, {"--commit-delay", "0"}};
    for (int i = 1; i + 1 < argc; i += 2)
        asked.at(argv[i]) = argv[i + 1];

    auto const store = std::make_shared<holding_store>(
        sqlite_store::open(std::filesystem::path{asked["--data"]} / "documents.db",
                           {.commit_delay = std::chrono::milliseconds{number(asked["--commit-delay"])}})
            .value());
    hocuspocus_server* editors = nullptr;
    document_service* documents = nullptr;
    hocuspocus_options options;
    options.hooks.authenticate = authenticate;
    options.hooks.on_stateless = [&](hocuspocus_peer const& from, std::string_view message) {
        auto const space = message.find(' ');
        auto const verb = message.substr(0, space);
        auto const text = space == message.npos ? std::string_view{} : message.substr(space + 1);
        if (verb == "echo")
            from.send_stateless(text);
        else if (verb == "all")
            editors->broadcast_stateless(from.document(), from.who().user + ": " + std::string{text});
        else if (verb == "token")
            from.request_token();
        else if (verb == "close")
            from.close(text);
        else if (verb == "none")
            documents->allow(from.document(), text, document_access::none, "put out");
        else if (verb == "read")
            documents->allow(from.document(), text, document_access::read);
        else if (verb == "write")
            documents->allow(from.document(), text, document_access::write);
        else if (verb == "append")
            documents->with_document<resident_yjs>(from.document(),
                                                   [more = std::string{text}](resident_yjs& doc) {
                                                       auto content = doc.document().get_text("content");
                                                       content.insert(content.length(), more);
                                                   });
        else if (verb == "remove")
            documents->remove(from.document());
        else if (verb == "erase")
            documents->remove_everywhere(from.document());
        else if (verb == "hold")
            store->hold();
        else if (verb == "release")
            store->release();
    };

    document_service_options kinds;
    kinds.document.make = [](std::string const& name) -> std::unique_ptr<document_replica> {
        if (name.starts_with("live-"))
            return std::make_unique<resident_yjs>();
        return std::make_unique<encoded_yjs>();
    };
    if (asked["--relay"] == "first")
        kinds.document.durability = document_durability::before_ack;
    server app{{.port = static_cast<std::uint16_t>(number(asked["--port"])),
                .threads = static_cast<std::size_t>(number(asked["--threads"])),
                .store = store,
                .documents = kinds}};
    documents = &app.documents();
    editors = &app.hocuspocus("/hocuspocus", options);
    app.documents("/yjs");
    app.documents("/guarded", {.protocol = {.hooks = {.authorise = authorise}}});
    app.rooms("/ws", {.documents = true});
    if (auto const started = app.start(); !started) {
        std::fprintf(stderr, "hocuspocus_server: %s\n", started.error().message().c_str());
        return 1;
    }
    std::printf("listening on http://127.0.0.1:%u\n", static_cast<unsigned>(app.port()));
    std::fflush(stdout);
    app.run();
}
