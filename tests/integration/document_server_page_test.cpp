// The examples of docs/document-server.md, compiled and run. structure/page_examples_test.py checks that the
// sections named here show what stands here.
#include <unisono/document/resident_yjs.hpp>
#include <unisono/server/server.hpp>
#include <unisono/store/store_sqlite.hpp>

#include "support/catch.hpp"
#include "support/loopback_client.hpp"
#include "support/small_updates.hpp"
#include "support/temporary_directory.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

using unisono::payload;
using client = unisono::test::loopback_client;

namespace {

/// Waits for what comes from a shard.
template <class T>
struct awaited {
    std::promise<T> promise;

    void operator()(T value) { promise.set_value(std::move(value)); }
    T get() { return promise.get_future().get(); }
};

struct {
    template <class Done>
    void look_up(std::string_view token, Done done) const {
        done(token != "token=stranger", token == "token=writer");
    }
} const sessions;

} // namespace

// clang-format off
TEST_CASE("the examples of the page on document servers") {
    unisono::test::temporary_directory directory;
    auto const file = directory / "documents.db";
    awaited<std::string> indexed;
    auto const index = [&](std::string const& name, std::string const& body) { indexed(name + ": " + body); };

    // document-server.md: In the program
    unisono::document_service_options documents;
    documents.document.make = [](std::string const& name) -> std::unique_ptr<unisono::document_replica> {
        if (name.starts_with("notes/"))
            return std::make_unique<unisono::resident_yjs>();
        return std::make_unique<unisono::encoded_yjs>();
    };
    // document-server.md: Hooks
    documents.hooks.on_create = [](std::string const&) -> unisono::result<unisono::payload> {
        return unisono::first_content([](unisono::yjs::document& doc) {
            doc.get_text("body").insert(0, "Untitled");
        });
    };
    documents.hooks.validate = [](unisono::document_change const& change) -> std::error_code {
        if (change.update.size() > 100'000)
            return make_error_code(std::errc::file_too_large);
        return {};
    };
    documents.hooks.on_change = [&](std::string const& name, unisono::document_replica& replica) {
        if (auto* const notes = dynamic_cast<unisono::resident_yjs*>(&replica))
            index(name, notes->document().get_text("body").to_string());
    };
    documents.times.quiet = std::chrono::milliseconds{0};

    unisono::server app{
        {.port = 0, .store = unisono::sqlite_store::open(file).value(), .documents = documents}};
    // document-server.md: Who may do what
    unisono::document_options options;
    options.protocol.hooks.authorise = [&](unisono::y_websocket_claim const& claim,
                                           unisono::host_reply<unisono::document_grant> reply) {
        using enum unisono::document_access;
        sessions.look_up(claim.request->query, [reply](bool known, bool may_edit) {
            reply(unisono::document_grant{.access = !known ? none : may_edit ? write : read, .user = "ann"});
        });
    };
    app.documents("/notes", options);
    REQUIRE(app.start());
    std::thread running{[&] { app.run(); }};

    client stranger{app.port()};
    REQUIRE(stranger.open("/notes/notes/today?token=stranger"));
    CHECK(stranger.read_message().body == std::string("\2\0\x11", 3) + "permission-denied");
    CHECK(stranger.read_message().close_code() == 4403);

    client writer{app.port()};
    REQUIRE(writer.open("/notes/notes/today?token=writer"));
    writer.read_message();

    awaited<std::string> read;
    auto const show = [&](unisono::result<std::string> const& body) { read(body.value()); };
    app.documents().with_document<unisono::resident_yjs>(
        "notes/today",
        [](unisono::resident_yjs& notes) {
            auto text = notes.document().get_text("body");
            text.insert(text.length(), "Written by the server.");
            return text.to_string();
        },
        [&](unisono::result<std::string> body) { show(body); });
    CHECK(read.get() == "UntitledWritten by the server.");
    CHECK(writer.read_message().body.find("Written by the server.") != std::string::npos);
    CHECK(indexed.get() == "notes/today: UntitledWritten by the server.");

    awaited<unisono::payload> exported;
    awaited<std::error_code> imported;
    auto const save = [&](unisono::result<unisono::payload> const& whole) { exported(whole.value()); };
    auto const note = [&](unisono::result<void> const& stored) { imported(stored.error()); };
    unisono::payload const update{unisono::test::typed(1, 0, "hi")};
    app.documents().export_document("notes/today", [&](unisono::result<unisono::payload> whole) { save(whole); });
    app.documents().import_update("notes/copy", update, [&](unisono::result<void> stored) { note(stored); });
    CHECK(exported.get().text().find("Untitled") != std::string::npos);
    CHECK_FALSE(imported.get());

    app.documents().allow("notes/today", "ann", unisono::document_access::read);
    app.documents().allow("notes/today", "bob", unisono::document_access::none, "the meeting is over");

    imported = {};
    // document-server.md: Removing a document
    app.documents().remove("notes/today", [&](unisono::result<void> removed) { note(removed); });
    CHECK_FALSE(imported.get());
    CHECK(writer.read_message().close_code() == 4410);
    imported = {};
    app.documents().remove_everywhere("notes/today", [&](unisono::result<void> removed) { note(removed); });
    CHECK_FALSE(imported.get());
    app.stop();
    running.join();
}
// clang-format on
