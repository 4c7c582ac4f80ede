#include <unisono/codec/any_json.hpp>
#include <unisono/crdt/yjs/undo_manager.hpp>

#include "support/catch.hpp"

#include <stdexcept>
#include <string>
#include <vector>

using namespace unisono;
using namespace std::chrono_literals;

namespace {

constexpr auto one_each = 0ms;

void exchange(yjs::document& a, yjs::document& b) {
    REQUIRE(b.apply_update(a.encode_state_as_update(b.state()), &a));
    REQUIRE(a.apply_update(b.encode_state_as_update(a.state()), &b));
}

std::string json_of(yjs::document& doc, yjs::shared_type const& type) {
    std::string json;
    REQUIRE(append_json(json, doc.to_json(type)));
    return json;
}

} // namespace

TEST_CASE("undoing takes back one's own edits and leaves those of others") {
    yjs::document mine{{.client_id = 1}};
    yjs::document theirs{{.client_id = 2}};
    auto text = mine.get_text("t");
    yjs::undo_manager undo{text, {.capture_timeout = one_each}};
    CHECK(!undo.can_undo());
    CHECK(!undo.undo());

    text.insert(0, "test");
    text.erase(1, 2);
    exchange(mine, theirs);
    theirs.get_text("t").insert(1, "THEIRS");
    exchange(mine, theirs);
    CHECK(text.to_string() == "tTHEIRSt");

    CHECK(undo.undo());
    CHECK(text.to_string() == "tesTHEIRSt");
    CHECK(undo.undo());
    CHECK(text.to_string() == "THEIRS");
    CHECK(!undo.undo());
    CHECK(undo.redo());
    CHECK(undo.redo());
    CHECK(text.to_string() == "tTHEIRSt");
    CHECK(!undo.redo());
    exchange(mine, theirs);
    CHECK(theirs.get_text("t").to_string() == "tTHEIRSt");
}

TEST_CASE("transactions that follow each other closely are one step") {
    manual_clock time;
    yjs::document doc{{.client_id = 1}};
    auto text = doc.get_text("t");
    yjs::undo_manager undo{text, {.capture_timeout = 500ms, .time = &time}};
    text.insert(0, "a");
    time.advance(499ms);
    text.insert(1, "b");
    time.advance(499ms); // counted from the last change
    text.insert(2, "c");
    time.advance(500ms);
    text.insert(3, "d");
    undo.stop_capturing();
    text.insert(4, "e");
    undo.undo();
    CHECK(text.to_string() == "abcd");
    undo.undo();
    CHECK(text.to_string() == "abc");
    text.insert(3, "x"); // never part of a step that something was undone after
    undo.undo();
    CHECK(text.to_string() == "abc");
    undo.undo();
    CHECK(text.to_string().empty());
}

TEST_CASE("a new edit makes what was undone impossible to redo") {
    yjs::document doc;
    auto text = doc.get_text("t");
    yjs::undo_manager undo{text, {.capture_timeout = one_each}};
    text.insert(0, "a");
    undo.undo();
    CHECK(undo.can_redo());
    text.insert(0, "b");
    CHECK(!undo.can_redo());
}

TEST_CASE("only tracked origins and types in the scope are undone") {
    yjs::document doc;
    auto text = doc.get_text("t");
    auto map = doc.get_map("m");
    auto other = doc.get_map("other");
    int me = 0;
    int somebody = 0;
    yjs::undo_manager undo{text, {.capture_timeout = one_each, .tracked_origins = {&me}}};

    text.insert(0, "untracked ");
    doc.transact([&] { text.insert(0, "s"); }, &somebody);
    CHECK(!undo.can_undo());
    doc.transact([&] { map.set("k", 1); }, &me);
    CHECK(!undo.can_undo());
    undo.add_to_scope(map);
    doc.transact(
        [&] {
            auto nested = map.set_type<yjs::array>("k");
            nested.insert(0, {1});
            other.set("k", 2); // not undone with it
        },
        &me);
    CHECK(undo.undo());
    CHECK(json_of(doc, map) == R"({"k":1})");
    CHECK(json_of(doc, other) == R"({"k":2})");
    undo.add_tracked_origin(&somebody);
    doc.transact([&] { text.insert(0, "x"); }, &somebody);
    CHECK(undo.undo());
    undo.remove_tracked_origin(&somebody);
    doc.transact([&] { text.insert(0, "x"); }, &somebody);
    CHECK(!undo.can_undo());
}

TEST_CASE("a whole document can be the scope, and a filter can leave transactions out") {
    yjs::document doc;
    bool wanted = true;
    yjs::undo_manager undo{doc,
                           {.capture_timeout = one_each, .capture = [&](yjs::origin) { return wanted; }}};
    doc.get_array("later").push({1});
    wanted = false;
    doc.get_array("later").push({2});
    CHECK(undo.undo());
    CHECK(json_of(doc, doc.get_array("later")) == "[2]");
    CHECK(!undo.can_undo());
}

TEST_CASE("deleted trees come back as a whole, with garbage collection too") {
    yjs::document doc{{.client_id = 1}};
    yjs::document copy{{.client_id = 2}};
    auto map = doc.get_map("m");
    auto list = map.set_type<yjs::array>("list");
    list.insert(0, {1, byte_buffer{std::byte{7}}});
    auto text = list.insert_type<yjs::text>(1);
    text.insert(0, "h\xc3\xa9llo");
    text.format(0, 2, {{"bold", true}});
    list.insert_type<yjs::map>(0).set("deep", any_array{1, "two"});
    std::string const before = json_of(doc, map);

    yjs::undo_manager undo{map, {.capture_timeout = one_each}};
    map.erase("list");
    map.set("list", "short");
    CHECK(undo.undo());
    CHECK(undo.undo());
    CHECK(json_of(doc, map) == before);
    exchange(doc, copy);
    CHECK(json_of(copy, copy.get_map("m")) == before);
    auto const restored = *map.get("list")->as<yjs::array>();
    auto const pieces = restored.get(2).as<yjs::text>()->to_delta();
    REQUIRE(pieces.size() == 2);
    CHECK(pieces[0].attributes == any_object{{"bold", true}});

    CHECK(undo.redo());
    CHECK(undo.redo());
    CHECK(json_of(doc, map) == R"({"list":"short"})");
}

TEST_CASE("what others did to a key is left alone, or overwritten on request") {
    bool const overwrite = GENERATE(false, true);
    yjs::document mine{{.client_id = 1}};
    yjs::document theirs{{.client_id = 2}};
    auto map = mine.get_map("m");
    map.set("k", 0);
    yjs::undo_manager undo{map, {.capture_timeout = one_each, .overwrite_remote_keys = overwrite}};
    map.set("k", 1);
    exchange(mine, theirs);
    theirs.get_map("m").set("k", 2);
    exchange(mine, theirs);
    CHECK(undo.undo() == overwrite);
    CHECK(json_of(mine, map) == (overwrite ? R"({"k":0})" : R"({"k":2})"));
}

TEST_CASE("a filter decides what undoing may delete") {
    yjs::document doc;
    auto list = doc.get_array("a");
    std::vector<std::uint32_t> asked;
    auto const keep_texts = [&](yjs::undo_deletion const& deletion) {
        CHECK(deletion.parent == list);
        asked.push_back(deletion.length);
        return !deletion.nested || deletion.nested->kind() != yjs::type_kind::text;
    };
    yjs::undo_manager undo{list, {.may_delete = keep_texts}};
    list.insert(0, {1, 2});
    list.insert_type<yjs::text>(0);
    CHECK(undo.undo());
    CHECK(list.length() == 1);
    CHECK(asked == std::vector<std::uint32_t>{1, 2});
}

TEST_CASE("steps carry what the program wants to find again") {
    yjs::document doc;
    auto text = doc.get_text("t");
    manual_clock time;
    yjs::undo_manager undo{text, {.time = &time}};
    std::vector<std::string> log;
    using change = yjs::undo_event::change;
    auto const number = undo.on_change([&](yjs::undo_event const& event) {
        std::string const stack = event.stack == yjs::undo_stack::undo ? "undo" : "redo";
        if (event.what == change::cleared) {
            CHECK(event.step == nullptr);
            log.push_back("cleared " + stack);
            return;
        }
        REQUIRE(event.changed.size() == 1);
        CHECK(event.changed[0] == text);
        if (event.what == change::added)
            event.step->meta["cursor"] = static_cast<int>(text.length());
        log.push_back((event.what == change::added     ? "added "
                       : event.what == change::updated ? "updated "
                                                       : "popped ") +
                      stack + " " + std::to_string(std::any_cast<int>(event.step->meta["cursor"])) +
                      (event.origin == &undo ? " by undo" : ""));
    });
    text.insert(0, "abc");
    text.insert(3, "d");
    CHECK(undo.top(yjs::undo_stack::undo)->meta.contains("cursor"));
    undo.undo();
    undo.redo();
    text.insert(0, "x");
    undo.undo();
    undo.clear();
    undo.clear();
    CHECK(undo.top(yjs::undo_stack::undo) == nullptr);
    undo.remove_listener(number);
    text.insert(0, "y");
    CHECK(log == std::vector<std::string>{"added undo 3", "updated undo 3", "added redo 0 by undo",
                                          "popped undo 3 by undo", "added undo 4 by undo",
                                          "popped redo 0 by undo", "added undo 5", "added redo 4 by undo",
                                          "popped undo 5 by undo", "cleared undo", "cleared redo"});
}

TEST_CASE("content is kept as long as it can be undone") {
    yjs::document doc{{.client_id = 1}};
    auto text = doc.get_text("t");
    auto const holds_secret = [&] {
        auto const bytes = doc.encode_state_as_update();
        return as_text(bytes).find("secret") != std::string_view::npos;
    };
    text.insert(0, "my secret");
    int somebody = 0;
    {
        yjs::undo_manager undo{text, {.capture_timeout = one_each}};
        text.erase(3, 6);
        CHECK(holds_secret());
        undo.undo();
        CHECK(text.to_string() == "my secret");
        undo.clear();
        doc.transact([&] { text.erase(3, 6); }, &somebody); // nobody will undo that
        CHECK(text.to_string() == "my ");
    }
    text.insert(3, "secret");
    text.erase(3, 6);
    yjs::document forgetful{{.client_id = 2}};
    REQUIRE(forgetful.apply_update(doc.encode_state_as_update()));
    auto const bytes = forgetful.encode_state_as_update();
    CHECK(as_text(bytes).find("secret") == std::string_view::npos);
}

TEST_CASE("a deep tree is undone without recursion") {
    yjs::document doc{{.client_id = 1}};
    auto root = doc.get_array("a");
    yjs::undo_manager undo{root, {.capture_timeout = one_each}};
    constexpr int depth = 20'000;
    doc.transact([&] {
        yjs::array at = root;
        for (int i = 0; i < depth; ++i)
            at = at.insert_type<yjs::array>(0);
    });
    root.erase(0, 1);
    auto const state = doc.state().get(1);
    CHECK(undo.undo());
    CHECK(doc.state().get(1) == state + depth);
    CHECK(undo.undo());
    CHECK(root.length() == 0);
}

TEST_CASE("an undo manager needs types of one document") {
    yjs::document doc;
    yjs::document other;
    CHECK_THROWS_AS(yjs::undo_manager(std::span<yjs::shared_type const>{}), std::invalid_argument);
    yjs::shared_type const both[] = {doc.get_text("t"), other.get_text("t")};
    CHECK_THROWS_AS(yjs::undo_manager(both), std::invalid_argument);
    doc.get_text("t").insert(0, "nobody listens any more");
    yjs::undo_manager undo{both[0]};
    CHECK_THROWS_AS(undo.add_to_scope(both[1]), std::invalid_argument);
}

TEST_CASE("handles of the scope may lose their type") {
    yjs::document doc{{.client_id = 1}};
    auto map = doc.get_map("m");
    auto text = map.set_type<yjs::text>("t");
    yjs::undo_manager undo{text, {.capture_timeout = one_each}};
    text.insert(0, "a");
    int somebody = 0;
    doc.transact([&] { map.erase("t"); }, &somebody); // forgotten, for the undo manager did not see it
    auto again = map.set_type<yjs::text>("t");
    again.insert(0, "b"); // may have got the same place in the tables
    CHECK(!undo.undo());
    CHECK(again.to_string() == "b");
}
