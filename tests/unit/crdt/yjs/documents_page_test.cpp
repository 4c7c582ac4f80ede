// The examples of docs/documents.md, compiled and run. structure/page_examples_test.py checks that the
// sections named here show what stands here.
#include <unisono/crdt/yjs/document.hpp>

#include "support/catch.hpp"

#include <optional>
#include <span>
#include <string>
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
