#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/crdt/yjs/document.hpp>

#include <memory>
#include <string>
#include <variant>

/// What the listeners of a document hear, as plain values that can be compared: as in
/// interop/support/document_events.mjs.
namespace unisono::test {

inline any_value shown(yjs::document& doc, yjs::value const& v) {
    if (auto const* plain = v.as_any())
        return *plain;
    any_object result;
    if (auto const* document = v.as_subdocument()) {
        result.set("document", document->guid);
        return result;
    }
    result.set("type", static_cast<int>(v.as_type()->kind()));
    if (v.as_type()->exists())
        result.set("json", doc.to_json(*v.as_type()));
    return result;
}

inline any_value shown(yjs::document& doc, yjs::delta_step const& step, bool text) {
    using action = yjs::delta_step::action;
    any_object result;
    if (step.what == action::retain) {
        result.set("retain", step.length);
    } else if (step.what == action::erase) {
        result.set("delete", step.length);
    } else if (text) {
        result.set("insert", shown(doc, step.inserted.front()));
    } else {
        any_array values;
        for (auto const& v : step.inserted)
            values.push_back(shown(doc, v));
        result.set("insert", values);
    }
    if (!step.attributes.empty())
        result.set("attributes", step.attributes);
    return result;
}

inline any_object shown(yjs::document& doc, yjs::type_event const& event) {
    any_array path;
    for (auto const& step : event.path())
        path.push_back(std::visit([](auto const& s) { return any_value{s}; }, step));
    any_array delta;
    for (auto const& step : event.delta())
        delta.push_back(shown(doc, step, yjs::text::is_kind(event.target().kind())));
    any_array keys;
    for (auto const& change : event.keys()) {
        static constexpr char const* actions[] = {"add", "update", "delete"};
        any_object key;
        key.set("key", change.key);
        key.set("action", actions[static_cast<int>(change.what)]);
        if (change.old_value)
            key.set("old", shown(doc, *change.old_value));
        keys.push_back(key);
    }
    any_object result;
    result.set("path", path);
    result.set("delta", delta);
    result.set("keys", keys);
    return result;
}

/// Adds to `log` whatever happens to the document and a root type.
inline void record_type(yjs::document& doc, yjs::shared_type const& type, std::string const& name,
                        any_array& log) {
    type.observe([&doc, &log, name](yjs::type_event const& event) {
        any_object entry = shown(doc, event);
        entry.set("observe", name);
        log.push_back(entry);
    });
    type.observe_deep([&doc, &log, name](std::span<yjs::type_event const> events) {
        any_array list;
        for (auto const& event : events)
            list.push_back(shown(doc, event));
        any_object entry;
        entry.set("deep", name);
        entry.set("events", list);
        log.push_back(entry);
    });
}

inline void record(yjs::document& doc, any_array& log) {
    doc.on_transaction([&log](yjs::transaction_event const& event) {
        static constexpr char const* names[] = {"", "beforeObserverCalls", "afterTransaction",
                                                "afterTransactionCleanup"};
        if (event.stage == yjs::transaction_stage::before || event.changes.empty())
            return;
        any_object entry;
        entry.set("stage", names[static_cast<int>(event.stage)]);
        entry.set("local", event.local);
        log.push_back(entry);
    });
    doc.on_update([&log](yjs::update_event const&) {
        any_object entry;
        entry.set("stage", "update");
        log.push_back(entry);
    });
    doc.on_subdocuments([&log](yjs::subdocuments_event const& event) {
        auto const guids = [](std::vector<yjs::subdocument> const& documents) {
            any_array result;
            for (auto const& document : documents)
                result.push_back(document.guid);
            return result;
        };
        any_object entry;
        entry.set("added", guids(event.added));
        entry.set("removed", guids(event.removed));
        entry.set("loaded", guids(event.loaded));
        log.push_back(entry);
    });
    record_type(doc, doc.get_text("text"), "text", log);
    record_type(doc, doc.get_array("array"), "array", log);
    record_type(doc, doc.get_map("map"), "map", log);
    record_type(doc, doc.get_xml_fragment("xml"), "xml", log);
}

/// Edits whenever the text was edited: listeners may.
inline void react(yjs::document& doc) {
    auto const reactions = std::make_shared<int>(0);
    doc.get_text("text").observe([&doc, reactions](yjs::type_event const& event) {
        if (!event.local() || event.origin() == reactions.get())
            return;
        doc.transact(
            [&] {
                doc.get_map("map").set("reactions", ++*reactions);
                doc.get_text("text").insert(0, "!");
            },
            reactions.get());
    });
}

} // namespace unisono::test
