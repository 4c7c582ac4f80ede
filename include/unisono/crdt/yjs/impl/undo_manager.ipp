#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/changed_types.hpp>
#include <unisono/crdt/yjs/detail/deletion.hpp>
#include <unisono/crdt/yjs/detail/redo.hpp>
#include <unisono/crdt/yjs/undo_manager.hpp>

#include <algorithm>
#include <stdexcept>
#include <unordered_map>
#include <unordered_set>

namespace unisono::inline v0::yjs {

UNISONO_DECL undo_manager::undo_manager(detail::document_core* core, undo_options options)
    : core_(*core),
      options_(std::move(options)),
      clock_(options_.time != nullptr ? *options_.time : system_clock()),
      listener_(core_.transaction_listeners.add([this](transaction_event const& event) {
          if (event.stage == transaction_stage::after_observers)
              capture(event);
      })) {}

UNISONO_DECL undo_manager::undo_manager(std::span<shared_type const> scope, undo_options options)
    : undo_manager(scope.empty() ? throw std::invalid_argument("nothing to undo in") : &scope.front().core(),
                   std::move(options)) {
    for (shared_type const& type : scope)
        add_to_scope(type);
}

UNISONO_DECL undo_manager::undo_manager(document& scope, undo_options options)
    : undo_manager(&scope.core(), std::move(options)) {
    whole_document_ = true;
}

UNISONO_DECL undo_manager::~undo_manager() {
    core_.transaction_listeners.remove(listener_);
}

UNISONO_DECL void undo_manager::add_to_scope(shared_type const& type) {
    if (&type.core() != &core_)
        throw std::invalid_argument("a type of another document");
    if (std::find(scope_.begin(), scope_.end(), type) == scope_.end())
        scope_.push_back(type);
}

UNISONO_DECL void undo_manager::add_tracked_origin(origin tracked) {
    if (!is_tracked(tracked))
        options_.tracked_origins.push_back(tracked);
}

UNISONO_DECL void undo_manager::remove_tracked_origin(origin tracked) noexcept {
    std::erase(options_.tracked_origins, tracked);
}

UNISONO_DECL bool undo_manager::is_tracked(origin from) const noexcept {
    auto const& tracked = options_.tracked_origins;
    return from == this || std::find(tracked.begin(), tracked.end(), from) != tracked.end();
}

UNISONO_DECL bool undo_manager::in_scope(shared_type const& type) const noexcept {
    return whole_document_ || std::find(scope_.begin(), scope_.end(), type) != scope_.end();
}

/// Precondition: not forgotten.
UNISONO_DECL bool undo_manager::in_scope(detail::slot s,
                                         std::unordered_map<detail::type_index, bool>& known) const {
    auto const& store = core_.store;
    std::vector<detail::type_index> path;
    bool found = false;
    for (; s != detail::no_slot && !found; s = detail::owner_of(store, store.items[s])) {
        detail::type_index const type = store.types.list(store.items[s].list).type;
        if (auto const answer = known.find(type); answer != known.end()) {
            found = answer->second;
            break;
        }
        path.push_back(type);
        found = in_scope({core_, type});
    }
    for (detail::type_index type : path)
        known.emplace(type, found);
    return found;
}

UNISONO_DECL void undo_manager::capture(transaction_event const& ended) {
    auto& store = core_.store;
    detail::journal const& changes = ended.changes;
    if (changes.empty() || !is_tracked(ended.origin) || (options_.capture && !options_.capture(ended.origin)))
        return;
    changed_.clear();
    for (detail::type_index type : detail::changed_types(store, changes))
        changed_.push_back({core_, type});
    if (std::none_of(changed_.begin(), changed_.end(), [this](shared_type const& t) { return in_scope(t); }))
        return;

    undo_step step;
    auto advanced = changes.advanced;
    std::sort(advanced.begin(), advanced.end(), [](auto& a, auto& b) { return a.client < b.client; });
    for (auto const& [client, before] : advanced)
        step.inserted_.add({client, before, core_.end_of_told(client)});
    for (detail::client_index c : changes.deleted_clients) {
        for (detail::element_range const& range : changes.deleted) {
            if (range.client == c)
                step.deleted_.add(range);
        }
    }
    auto const now = clock_.now();
    undo_stack const stack = popping_ == undo_stack::undo ? undo_stack::redo : undo_stack::undo;
    bool const goes_on = !popping_ && last_capture_ && now - *last_capture_ < options_.capture_timeout &&
                         !steps(stack).empty();
    if (popping_ == undo_stack::undo)
        stop_capturing(); // what comes next is no part of the step below
    if (!popping_) {
        clear(undo_stack::redo);
        last_capture_ = now;
    }
    // After forgetting: a step that is redone no more may have had the same elements.
    std::unordered_map<detail::type_index, bool> known;
    step.deleted_.for_each([&](detail::element_range const& range) {
        detail::for_each_item(store, range, [&](detail::slot s) {
            if (in_scope(s, known))
                detail::keep(store, s, true);
        });
    });
    if (goes_on) {
        steps(stack).back().inserted_.merge(step.inserted_);
        steps(stack).back().deleted_.merge(step.deleted_);
    } else {
        steps(stack).push_back(std::move(step));
    }
    listeners_.call({goes_on ? undo_event::change::updated : undo_event::change::added, stack,
                     &steps(stack).back(), ended.origin, changed_});
}

UNISONO_DECL bool undo_manager::pop(undo_stack from) {
    struct popping {
        undo_manager& manager;
        std::optional<undo_stack> before;
        popping(undo_manager& m, undo_stack from) noexcept
            : manager(m), before(std::exchange(m.popping_, from)) {}
        ~popping() { manager.popping_ = before; }
    };
    std::optional<undo_step> done;
    {
        popping const now{*this, from};
        changed_.clear();
        core_.transact(this, [&] {
            while (!steps(from).empty() && !done) {
                undo_step step = std::move(steps(from).back());
                steps(from).pop_back();
                if (take_back(step))
                    done = std::move(step);
            }
        });
    }
    if (done)
        listeners_.call({undo_event::change::popped, from, &*done, this, changed_});
    return done.has_value();
}

/// Deletes what the step inserted and brings back what it deleted. Returns whether anything was left to do.
UNISONO_DECL bool undo_manager::take_back(undo_step const& step) {
    auto& store = core_.store;
    store.cursor = {};
    std::unordered_map<detail::type_index, bool> known;
    std::vector<detail::slot> unwanted;
    step.inserted_.for_each([&](detail::element_range const& range) {
        detail::for_each_item(store, range, [&](detail::slot s) {
            if (store.items[s].redone)
                s = store.starting_at(detail::newest_copy(store, store.items[s].first()));
            if (!store.items[s].deleted && in_scope(s, known))
                unwanted.push_back(s);
        });
    });
    std::vector<detail::slot> wanted;
    step.deleted_.for_each([&](detail::element_range const& range) {
        detail::for_each_item(store, range, [&](detail::slot s) {
            // What came and went within the step does not come back.
            if (!step.inserted_.contains(store.items[s].first()) && in_scope(s, known))
                wanted.push_back(s);
        });
    });

    bool changed = false;
    std::unordered_set<detail::slot> const all_wanted(wanted.begin(), wanted.end());
    detail::redoer redoer{core_, all_wanted,
                          [&](detail::element e) { return step.inserted_.contains(e) || was_deleted(e); },
                          options_.overwrite_remote_keys};
    for (detail::slot s : wanted)
        changed = redoer.redo(s) || changed;
    // Children before parents, so that who decides still sees where they are.
    for (auto s = unwanted.rbegin(); s != unwanted.rend(); ++s) {
        if (may_delete(*s)) {
            detail::erase(store, *s);
            changed = true;
        }
    }
    return changed;
}

/// Is that a deletion that could be undone or redone?
UNISONO_DECL bool undo_manager::was_deleted(detail::element e) const noexcept {
    auto const deletes = [e](undo_step const& step) { return step.deleted_.contains(e); };
    return std::any_of(undo_.begin(), undo_.end(), deletes) ||
           std::any_of(redo_.begin(), redo_.end(), deletes);
}

UNISONO_DECL bool undo_manager::may_delete(detail::slot s) const {
    if (!options_.may_delete)
        return true;
    auto const& store = core_.store;
    detail::item const& it = store.items[s];
    std::optional<shared_type> nested;
    if (it.is(struct_kind::type))
        nested.emplace(core_, it.content);
    return options_.may_delete(
        {{core_, store.types.list(it.list).type}, nested, store.id_of(it.first()), it.length});
}

UNISONO_DECL void undo_manager::clear() {
    clear(undo_stack::undo);
    clear(undo_stack::redo);
}

UNISONO_DECL void undo_manager::clear(undo_stack stack) {
    if (steps(stack).empty())
        return;
    // The transaction joins again what is cut here.
    core_.transact(nullptr, [&] {
        std::unordered_map<detail::type_index, bool> known;
        for (undo_step const& step : steps(stack)) {
            step.deleted_.for_each([&](detail::element_range const& range) {
                detail::for_each_item(core_.store, range, [&](detail::slot s) {
                    if (in_scope(s, known))
                        detail::keep(core_.store, s, false);
                });
            });
        }
    });
    steps(stack).clear();
    listeners_.call({undo_event::change::cleared, stack, nullptr, nullptr, {}});
}

} // namespace unisono::inline v0::yjs
