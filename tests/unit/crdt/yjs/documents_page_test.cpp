// The examples of docs/documents.md, compiled and run. structure/page_examples_test.py checks that the
// sections named here show what stands here.
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/undo_manager.hpp>

#include "support/catch.hpp"

#include <any>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

using unisono::any_object;
using unisono::any_value;
namespace yjs = unisono::yjs;

namespace {

struct screen {
    std::vector<std::string> shown;

    void operator()(yjs::delta_step const& step) {
        static constexpr char const* names[] = {"retain ", "insert ", "erase "};
        shown.push_back(names[static_cast<int>(step.what)] + std::to_string(step.length));
    }
    void operator()(std::string const& key, std::optional<yjs::value> const& old) {
        shown.push_back(key + (old ? " again" : " first"));
    }
    void operator()(std::vector<yjs::path_step> const& path, yjs::shared_type const& type) {
        shown.push_back(std::to_string(path.size()) + (type.exists() ? " deep" : " gone"));
    }
};

} // namespace

TEST_CASE("the page's examples of events") {
    yjs::document doc;
    auto title = doc.get_text("title");
    auto todo = doc.get_array("todo");
    yjs::document other;
    auto mirror = other.get_text("mirror");
    screen show;

    // documents.md: Events
    auto const number = title.observe([&](yjs::type_event const& event) {
        for (yjs::delta_step const& step : event.delta())
            show(step); // retain, insert or erase, as in Quill
    });

    auto settings = doc.get_map("settings");
    settings.observe([&](yjs::type_event const& event) {
        for (yjs::key_change const& change : event.keys())
            show(change.key, change.old_value);
    });

    todo.observe_deep([&](std::span<yjs::type_event const> events) {
        for (yjs::type_event const& event : events)
            show(event.path(), event.target()); // the way there: positions and keys
    });

    title.insert(0, "Hello");
    settings.set("theme", "dark");
    settings.set("theme", "light");
    todo.insert_type<yjs::map>(0).set("done", false);
    todo.get(0).as<yjs::map>()->set("done", true);
    CHECK(show.shown ==
          std::vector<std::string>{"insert 5", "theme first", "theme again", "0 deep", "1 deep", "1 deep"});

    title.unobserve(number);
    mirror.insert(0, title.to_string());

    title.observe([&](yjs::type_event const& event) { mirror.apply_delta(event.delta()); });
    title.apply_delta(
        std::vector{yjs::delta_step::retain(5, {{"bold", true}}), yjs::delta_step::insert("!")});

    CHECK(mirror.to_delta() == title.to_delta());
    CHECK(show.shown.size() == 6);
}

TEST_CASE("the page's examples of sub-documents") {
    yjs::document doc;
    std::string heard;
    auto const open = [&](std::string const& guid) { heard += '+' + guid; };
    auto const close = [&](std::string const& guid) { heard += '-' + guid; };

    // documents.md: Sub-documents
    doc.on_subdocuments([&](yjs::subdocuments_event const& event) {
        for (yjs::subdocument const& inner : event.loaded)
            open(inner.guid);
        for (yjs::subdocument const& inner : event.removed)
            close(inner.guid);
    });
    doc.get_map("files").set_subdocument("readme", {"readme-guid", any_object{}});
    doc.load("readme-guid");

    doc.get_map("files").erase("readme");
    CHECK(heard == "+readme-guid-readme-guid");
}

TEST_CASE("the page's examples of undo") {
    yjs::document doc;
    auto title = doc.get_text("title");
    title.insert(0, "Hello");
    std::uint32_t cursor = 5;

    // documents.md: Undo
    yjs::undo_manager undo{title}; // by default: transactions without an origin
    undo.on_change([&](yjs::undo_event const& event) {
        if (event.what == yjs::undo_event::change::added)
            event.step->meta["cursor"] = cursor;
        else if (event.what == yjs::undo_event::change::popped)
            cursor = std::any_cast<std::uint32_t>(event.step->meta["cursor"]);
    });
    title.insert(0, "Re: ");
    undo.undo();
    undo.redo();

    CHECK(title.to_string() == "Re: Hello");
    CHECK(cursor == 5);
}

TEST_CASE("the page's examples of past states") {
    std::vector<std::string> shown;
    auto const show = [&](any_value const& v) { shown.emplace_back(v.as_string().value_or("?")); };
    unisono::byte_buffer stored;
    auto const store = [&](unisono::byte_buffer bytes) { stored = std::move(bytes); };

    // documents.md: Past states
    yjs::document doc{{.gc = false}}; // or what was deleted since is gone for good
    auto title = doc.get_text("title");
    title.insert(0, "Draft");
    yjs::snapshot const version = doc.take_snapshot();
    store(version.encode());

    auto todo = doc.get_array("todo");
    auto settings = doc.get_map("settings");
    title.erase(0, 5);
    todo.push({"later"});
    settings.set("theme", "dark");

    if (auto const past = doc.at(version)) {
        show(past->to_string(title));
        for (yjs::value const& entry : past->to_vector(todo))
            show(*entry.as_any());
        if (auto const theme = past->get(settings, "theme"))
            show(*theme->as_any());
    }

    CHECK(shown == std::vector<std::string>{"Draft"});
    CHECK(yjs::snapshot::decode(stored).value() == version);
}
