#pragma once

#include <unisono/crdt/yjs/detail/listener_list.hpp>
#include <unisono/crdt/yjs/detail/type_table.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>

namespace unisono::inline v0::yjs {

class type_event;

namespace detail {

class document_core;
struct transaction;

/// Calls the observers of all types that a transaction changed.
using observer_call = void (*)(document_core&, transaction const&);

/// Who observes one type: its own changes, and those of all that it holds.
struct type_observers {
    std::uint32_t generation = 0; ///< of the type
    listener_list<type_event const&> flat;
    listener_list<std::span<type_event const>> deep;
};

/// Who observes which type.
class observer_table {
public:
    bool empty() const noexcept { return observers_.empty(); }

    /// Those of a type that is alive; null: nobody. May be held while listeners come and go.
    std::shared_ptr<type_observers> find(type_index t, type_record const& record) const {
        auto const found = observers_.find(t);
        return found != observers_.end() && found->second->generation == record.generation ? found->second
                                                                                           : nullptr;
    }
    /// Who observes brings along how observers are called: documents without any need not know.
    type_observers& make(type_index t, type_record const& record, observer_call call) {
        call_ = call;
        auto& place = observers_[t];
        if (place == nullptr || place->generation != record.generation)
            place = std::make_shared<type_observers>(type_observers{record.generation, {}, {}});
        return *place;
    }
    void call(document_core& core, transaction const& ended) const {
        if (!observers_.empty())
            call_(core, ended);
    }

    /// Lets go of a type that nobody observes any more.
    void tidy(type_index t) noexcept {
        auto const found = observers_.find(t);
        if (found != observers_.end() && found->second->flat.empty() && found->second->deep.empty())
            observers_.erase(found);
    }
    /// Lets go of types that are gone.
    void tidy(type_table const& types) noexcept {
        std::erase_if(observers_, [&](auto const& entry) {
            auto const& record = types[entry.first];
            return !record.alive || record.generation != entry.second->generation;
        });
    }

private:
    std::unordered_map<type_index, std::shared_ptr<type_observers>> observers_;
    observer_call call_ = nullptr;
};

} // namespace detail
} // namespace unisono::inline v0::yjs
