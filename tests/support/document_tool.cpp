// Edits Yjs documents as requests say, one JSON request per line and one JSON answer per line, so that other
// languages can test the document engine against theirs. Values travel as lib0 "any" in hexadecimal.
// See interop/documents_differential.test.mjs.
#include <unisono/codec/json_document.hpp>
#include <unisono/codec/json_writer.hpp>
#include <unisono/codec/lib0_any.hpp>
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/undo_manager.hpp>

#include "support/document_events.hpp"
#include "support/vectors.hpp"

#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace unisono;

struct replica {
    explicit replica(yjs::document_options options) : doc(options) {}
    void listen() {
        doc.on_update(
            [this](yjs::update_event const& event) { updates.push_back(test::to_hex(event.update)); });
        doc.on_update_v2(
            [this](yjs::update_event const& event) { updates_v2.push_back(test::to_hex(event.update)); });
    }
    void record() { test::record(doc, events); }
    replica(replica&&) = delete;

    yjs::document doc;
    std::vector<std::string> updates; // since the last answer
    std::vector<std::string> updates_v2;
    any_array events;
    std::optional<yjs::undo_manager> undo;
};

any_value any_of(json::value hex) {
    auto const bytes = test::bytes_of(hex);
    lib0_reader in{bytes};
    return read_any(in);
}

any_object attributes_of(json::value hex) {
    any_value const value = any_of(hex);
    return *value.as_object();
}

std::uint32_t number_of(json::value v) {
    return static_cast<std::uint32_t>(v.as_int64().value());
}

/// A root by its name, or what is nested in it at an index or behind a key.
yjs::shared_type find_type(yjs::document& doc, json::value path) {
    auto const root = path[0].as_string().value();
    if (root == "text")
        return doc.get_text(root);
    if (root == "array") {
        auto const array = doc.get_array(root);
        return path.size() == 1 ? array : *array.get(number_of(path[1])).as_type();
    }
    if (root == "map") {
        auto const map = doc.get_map(root);
        return path.size() == 1 ? map : *map.get(path[1].as_string().value())->as_type();
    }
    auto const xml = doc.get_xml_fragment(root);
    if (path.size() == 1)
        return xml;
    auto const child = *xml.get(number_of(path[1])).as_type();
    return path.size() == 2 ? child : *yjs::xml_fragment{child}.get(number_of(path[2])).as_type();
}

yjs::delta delta_of(any_value const& steps) {
    yjs::delta delta;
    for (any_value const& value : *steps.as_array()) {
        any_object const& step = *value.as_object();
        auto const* attributes = step.find("attributes");
        auto const length = [&](char const* key) {
            return static_cast<std::uint32_t>(*step.find(key)->as_number());
        };
        any_object const set = attributes != nullptr ? *attributes->as_object() : any_object{};
        if (auto const* insert = step.find("insert"))
            delta.push_back(insert->as_string() ? yjs::delta_step::insert(*insert->as_string(), set)
                                                : yjs::delta_step::insert_embed(*insert, set));
        else if (step.find("retain") != nullptr)
            delta.push_back(yjs::delta_step::retain(length("retain"), set));
        else
            delta.push_back(yjs::delta_step::erase(length("delete")));
    }
    return delta;
}

void edit_text(yjs::text text, json::value e, std::string_view verb) {
    if (verb == "delta")
        text.apply_delta(delta_of(any_of(e["value"])));
    else if (verb == "insert" && e["attributes"].exists())
        text.insert(number_of(e["at"]), e["text"].as_string().value(), attributes_of(e["attributes"]));
    else if (verb == "insert")
        text.insert(number_of(e["at"]), e["text"].as_string().value());
    else if (verb == "embed")
        text.insert_embed(number_of(e["at"]), any_of(e["value"]));
    else if (verb == "format")
        text.format(number_of(e["at"]), number_of(e["count"]), attributes_of(e["attributes"]));
    else
        text.erase(number_of(e["at"]), number_of(e["count"]));
}

void edit_array(yjs::array array, json::value e, std::string_view verb) {
    if (verb == "insert")
        array.insert(number_of(e["at"]), *any_of(e["value"]).as_array());
    else if (verb == "push")
        array.push(*any_of(e["value"]).as_array());
    else if (verb == "delete")
        array.erase(number_of(e["at"]), number_of(e["count"]));
    else if (verb == "subdocument")
        array.insert_subdocument(number_of(e["at"]),
                                 {std::string{e["guid"].as_string().value()}, any_of(e["options"])});
    else if (verb == "text")
        array.insert_type<yjs::text>(number_of(e["at"]));
    else if (verb == "map")
        array.insert_type<yjs::map>(number_of(e["at"]));
    else
        array.insert_type<yjs::array>(number_of(e["at"]));
}

void edit_map(yjs::map map, json::value e, std::string_view verb) {
    auto const key = e["key"].as_string().value();
    if (verb == "set")
        map.set(key, any_of(e["value"]));
    else if (verb == "delete")
        map.erase(key);
    else if (verb == "text")
        map.set_type<yjs::text>(key);
    else if (verb == "array")
        map.set_type<yjs::array>(key);
    else
        map.set_type<yjs::map>(key);
}

void edit_xml(yjs::xml_element xml, json::value e, std::string_view verb) {
    if (verb == "element")
        xml.insert_element(number_of(e["at"]), e["name"].as_string().value());
    else if (verb == "text")
        xml.insert_text(number_of(e["at"]));
    else if (verb == "attribute")
        xml.set_attribute(e["key"].as_string().value(), any_of(e["value"]));
    else if (verb == "unset")
        xml.erase_attribute(e["key"].as_string().value());
    else
        xml.erase(number_of(e["at"]), number_of(e["count"]));
}

void edit(yjs::document& doc, json::value e) {
    auto const type = find_type(doc, e["on"]);
    auto const verb = e["do"].as_string().value();
    if (yjs::text::is_kind(type.kind()))
        edit_text(yjs::text{type}, e, verb);
    else if (yjs::array::is_kind(type.kind()))
        edit_array(yjs::array{type}, e, verb);
    else if (yjs::map::is_kind(type.kind()))
        edit_map(yjs::map{type}, e, verb);
    else
        edit_xml(yjs::xml_element{type}, e, verb);
}

/// Undoes what is done in some roots, in steps of one transaction or of as many as come before "stop".
void remember(replica& r, json::value how) {
    yjs::undo_options options;
    options.capture_timeout = std::chrono::hours{how["joined"].as_bool().value() ? 1 : 0};
    options.overwrite_remote_keys = how["overwrite"].as_bool().value();
    std::vector<yjs::shared_type> scope;
    for (json::value root : how["scope"].elements()) {
        auto const name = root.as_string().value();
        if (name == "text")
            scope.push_back(r.doc.get_text(name));
        else if (name == "array")
            scope.push_back(r.doc.get_array(name));
        else if (name == "map")
            scope.push_back(r.doc.get_map(name));
        else
            scope.push_back(r.doc.get_xml_fragment(name));
    }
    r.undo.emplace(scope, options);
}

any_value shown_delta(yjs::document& doc, std::vector<yjs::text_piece> const& delta) {
    any_array pieces;
    for (auto const& piece : delta) {
        any_object shown;
        auto const* plain = piece.insert.as_any();
        shown.set("insert", plain != nullptr ? *plain : doc.to_json(*piece.insert.as_type()));
        if (!piece.attributes.empty())
            shown.set("attributes", piece.attributes);
        pieces.push_back(shown);
    }
    return pieces;
}

std::string hex_of(any_value const& value) {
    byte_buffer bytes;
    write_any(bytes, value);
    return test::to_hex(bytes);
}

std::string content_of(yjs::document& doc) {
    any_object content;
    content.set("text", doc.to_json(doc.get_text("text")));
    content.set("delta", shown_delta(doc, doc.get_text("text").to_delta()));
    content.set("array", doc.to_json(doc.get_array("array")));
    content.set("map", doc.to_json(doc.get_map("map")));
    content.set("xml", doc.to_json(doc.get_xml_fragment("xml")));
    return hex_of(content);
}

yjs::snapshot snapshot_of(json::value hex) {
    return yjs::snapshot::decode(test::bytes_of(hex)).value();
}

/// What there was at the snapshot "to", and how it had changed since the snapshot "from".
std::string past_of(yjs::document& doc, json::value request) {
    auto const past = doc.at(snapshot_of(request["to"])).value();
    auto const array = [&](std::vector<yjs::value> const& values) {
        any_array shown;
        for (yjs::value const& value : values)
            shown.push_back(value.as_any() != nullptr ? *value.as_any() : any_value{"a type"});
        return shown;
    };
    any_object map;
    for (std::string const& key : past.keys(doc.get_map("map"))) {
        auto const value = *past.get(doc.get_map("map"), key);
        map.set(key, value.as_any() != nullptr ? *value.as_any() : any_value{"a type"});
    }
    auto const older = doc.at(snapshot_of(request["from"])).value();
    any_object content;
    content.set("text", past.to_string(doc.get_text("text")));
    content.set("delta", shown_delta(doc, past.to_delta(doc.get_text("text"))));
    content.set("changes", shown_delta(doc, past.changes_since(older, doc.get_text("text"))));
    content.set("array", array(past.to_vector(doc.get_array("array"))));
    content.set("map", map);
    return hex_of(content);
}

/// The state at a snapshot, of a document that was restored from it.
std::string state_at(yjs::document& doc, json::value snapshot) {
    yjs::document restored;
    if (auto const applied = restored.apply_update(doc.encode_state_at(snapshot_of(snapshot)).value());
        !applied)
        throw std::runtime_error(applied.error().message());
    return test::to_hex(restored.encode_state_as_update());
}

} // namespace

int main() {
    std::map<std::int64_t, replica> replicas;
    for (std::string line; std::getline(std::cin, line);) {
        auto const parsed = json::parse(line, {.size = 64 << 20, .values = 1 << 20}).value();
        auto const request = parsed.root();
        auto const op = request["op"].as_string().value();
        auto const number = request["doc"].as_int64().value();
        std::string answer;
        json::writer writer{answer};
        writer.object([&] {
            try {
                if (op == "new") {
                    replicas.erase(number);
                    yjs::document_options options;
                    options.client_id = static_cast<std::uint64_t>(request["client"].as_int64().value());
                    options.gc = request["gc"].as_bool().value();
                    auto& made = replicas.try_emplace(number, options).first->second;
                    if (!request["silent"].as_bool().value())
                        made.listen();
                    made.doc.get_text("text");
                    made.doc.get_array("array");
                    made.doc.get_map("map");
                    made.doc.get_xml_fragment("xml");
                    if (request["record"].as_bool().value())
                        made.record();
                    if (request["react"].as_bool().value())
                        test::react(made.doc);
                    if (request["undo"].exists())
                        remember(made, request["undo"]);
                    return;
                }
                replica& r = replicas.at(number);
                if (op == "edit") {
                    r.doc.transact([&] {
                        for (json::value e : request["edits"].elements())
                            edit(r.doc, e);
                    });
                } else if (op == "apply") {
                    auto const update = test::bytes_of(request["update"]);
                    bool const v2 = request["v"].as_int64() == 2;
                    if (auto const applied =
                            v2 ? r.doc.apply_update_v2(update, &r) : r.doc.apply_update(update, &r);
                        !applied)
                        throw std::runtime_error(applied.error().message());
                } else if (op == "load") {
                    r.doc.load(request["guid"].as_string().value());
                } else if (op == "unload") {
                    r.doc.unload(request["guid"].as_string().value());
                } else if (op == "undo") {
                    writer.member("done", r.undo->undo());
                } else if (op == "redo") {
                    writer.member("done", r.undo->redo());
                } else if (op == "stop") {
                    r.undo->stop_capturing();
                } else if (op == "snapshot") {
                    auto const snapshot = r.doc.take_snapshot();
                    writer.member("snapshot_v1", test::to_hex(snapshot.encode()));
                    writer.member("snapshot_v2", test::to_hex(snapshot.encode_v2()));
                } else if (op == "past") {
                    writer.member("content", past_of(r.doc, request));
                    writer.member("state", state_at(r.doc, request["to"]));
                } else if (op == "clear") {
                    r.undo->clear();
                } else {
                    writer.member("content", content_of(r.doc));
                }
                writer.member("v1", test::to_hex(r.doc.encode_state_as_update()));
                if (op == "read")
                    writer.member("v2", test::to_hex(r.doc.encode_state_as_update_v2()));
                writer.member("waits", r.doc.waits());
                writer.key("updates").array([&] {
                    for (std::string const& update : r.updates)
                        writer.string(update);
                });
                writer.key("updates_v2").array([&] {
                    for (std::string const& update : r.updates_v2)
                        writer.string(update);
                });
                writer.member("events", hex_of(any_value{r.events}));
                r.updates.clear();
                r.updates_v2.clear();
                r.events.clear();
            } catch (std::exception const& e) {
                writer.member("error", e.what());
            }
        });
        std::cout << answer << std::endl;
    }
}
