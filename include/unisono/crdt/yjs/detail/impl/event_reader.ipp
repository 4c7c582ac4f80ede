#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/content_reader.hpp>
#include <unisono/crdt/yjs/detail/delta_writer.hpp>
#include <unisono/crdt/yjs/detail/event_reader.hpp>
#include <unisono/crdt/yjs/detail/formatting.hpp>
#include <unisono/crdt/yjs/detail/position.hpp>

#include <algorithm>

namespace unisono::inline v0::yjs::detail {

/// What became of elements of one item. `part` is of the item's `changes`.
UNISONO_DECL delta_step::action const* fate(item const& it, change_index::part const& part) noexcept {
    static constexpr delta_step::action insert = delta_step::action::insert;
    static constexpr delta_step::action erase = delta_step::action::erase;
    static constexpr delta_step::action retain = delta_step::action::retain;
    if (part.added)
        return part.deleted ? nullptr : &insert;
    if (part.deleted)
        return &erase;
    return it.deleted ? nullptr : &retain;
}

UNISONO_DECL void write_text(document_core& core, item const& it, change_index::part const& part,
                             delta_writer& out) {
    content_heap const& heap = core.store.clients[it.client].content;
    if (!it.is(struct_kind::string))
        out.insert_embed(read_element(core, it, part.offset));
    else if (it.wide)
        out.insert_wide(heap.wide_text(it.content + part.offset, part.length));
    else
        out.insert_ascii(heap.ascii_text(it.content + part.offset, part.length));
}

UNISONO_DECL delta sequence_delta(document_core& core, change_index const& changes, type_index type,
                                  bool text) {
    document_store& store = core.store;
    auto slots = changes.changed_items(store.types[type].children);
    sort_by_place(store, slots);
    delta_writer out;
    std::uint32_t passed = 0; // visible elements
    for (slot s : slots) {
        item const it = store.items[s];
        if (it.is(struct_kind::format))
            continue;
        std::uint32_t const before = elements_before(store, s);
        if (before > passed)
            out.retain(before - passed);
        passed = before + it.visible_length();
        changes.for_each_part(it, [&](change_index::part const& part) {
            auto const* action = fate(it, part);
            if (action == nullptr)
                return;
            if (*action == delta_step::action::retain)
                out.retain(part.length);
            else if (*action == delta_step::action::erase)
                out.erase(part.length);
            else if (text)
                write_text(core, it, part, out);
            else
                for (std::uint32_t i = 0; i < part.length; ++i)
                    out.insert(read_element(core, it, part.offset + i));
        });
    }
    return out.finish();
}

/// Walks along a text and keeps track of the attributes that hold now, that held before, and of the
/// difference.
class formatted_delta_reader {
public:
    formatted_delta_reader(document_core& core, change_index const& changes, attribute_list attributes)
        : core_(core), changes_(changes), current_(attributes), old_(std::move(attributes)) {}

    void retain(std::uint32_t count) {
        if (count > 0)
            out_.retain(count);
    }

    void read(item const& it) {
        if (it.is(struct_kind::format)) {
            read_format(it);
            return;
        }
        changes_.for_each_part(it, [&](change_index::part const& part) {
            auto const* action = fate(it, part);
            if (action == nullptr)
                return;
            bool const embed = *action == delta_step::action::insert && !it.is(struct_kind::string);
            if (!out_.is_in(*action) || embed)
                end_step();
            if (*action == delta_step::action::retain)
                out_.retain(part.length);
            else if (*action == delta_step::action::erase)
                out_.erase(part.length);
            else if (embed)
                out_.insert(read_element(core_, it, part.offset));
            else
                write_text(core_, it, part, out_);
            if (embed)
                end_step();
        });
    }

    /// Does all that follows stay as it is, if nothing in it changed?
    bool is_settled() const noexcept { return changed_.members().empty(); }

    delta finish() {
        end_step();
        return out_.finish();
    }

private:
    void end_step() {
        if (out_.is_in(delta_step::action::insert))
            out_.end_step(any_object{current_.members()});
        else if (out_.is_in(delta_step::action::retain))
            out_.end_step(any_object{changed_.members()});
        else
            out_.end_step();
    }

    any_value current(std::string_view key) const {
        auto const* value = current_.find(key);
        return value != nullptr ? *value : any_value{nullptr};
    }

    void end_retain() {
        if (out_.is_in(delta_step::action::retain))
            end_step();
    }

    void read_format(item const& it) {
        format_mark const mark = read_mark(core_.store, it);
        any_value const value = value_of_json(mark.json);
        bool const added = changes_.adds(it.first());
        bool const deleted = changes_.deletes(it.first());
        bool gone = it.deleted;
        if (added && !deleted) {
            if (!equal_attributes(current(mark.key), value)) {
                end_retain();
                auto const* before = old_.find(mark.key);
                if (equal_attributes(value, before != nullptr ? *before : any_value{nullptr}))
                    changed_.erase(mark.key);
                else
                    changed_.set(mark.key, value);
            } else if (!value.is_null()) {
                gone = true; // says nothing new: Yjs deletes it here, we leave it to the format clean-up
            }
        } else if (!added && deleted) {
            old_.set(mark.key, value);
            if (any_value now = current(mark.key); !equal_attributes(now, value)) {
                end_retain();
                changed_.set(mark.key, std::move(now));
            }
        } else if (!added && !it.deleted) {
            old_.set(mark.key, value);
            if (auto const* change = changed_.find(mark.key)) {
                if (!equal_attributes(*change, value)) {
                    end_retain();
                    if (value.is_null())
                        changed_.erase(mark.key);
                    else
                        changed_.set(mark.key, value);
                } else if (!change->is_null()) {
                    gone = true;
                }
            }
        }
        if (gone)
            return;
        if (out_.is_in(delta_step::action::insert))
            end_step();
        current_.apply(mark);
    }

    document_core& core_;
    change_index const& changes_;
    attribute_list current_;
    attribute_list old_;
    attribute_list changed_;
    delta_writer out_;
};

UNISONO_DECL delta formatted_delta(document_core& core, change_index const& changes, type_index type) {
    document_store& store = core.store;
    auto slots = changes.changed_items(store.types[type].children);
    if (slots.empty())
        return {};
    sort_by_place(store, slots);
    slot const first = slots.front();
    formatted_delta_reader reader{core, changes, attributes_at(store, type, store.items[first].left)};
    reader.retain(elements_before(store, first));
    bool changed = true; // is something still to come?
    for (slot s = first; s != no_slot && (changed || !reader.is_settled()); s = store.items[s].right) {
        reader.read(store.items[s]);
        changed = changed && s != slots.back();
    }
    return reader.finish();
}

} // namespace unisono::inline v0::yjs::detail
