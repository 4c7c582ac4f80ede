#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/shared_type.hpp>
#include <unisono/crdt/yjs/type_event.hpp>

#include <utility>

namespace unisono::inline v0::yjs {

UNISONO_DECL std::uint64_t shared_type::observe(std::function<void(type_event const&)> listener) const {
    return held()
               ? core_->observers.make(type_, record(), detail::tell_observers).flat.add(std::move(listener))
               : 0;
}

UNISONO_DECL std::uint64_t
shared_type::observe_deep(std::function<void(std::span<type_event const>)> listener) const {
    return held()
               ? core_->observers.make(type_, record(), detail::tell_observers).deep.add(std::move(listener))
               : 0;
}

UNISONO_DECL void shared_type::unobserve(std::uint64_t number) const noexcept {
    if (auto const who = held() ? core_->observers.find(type_, record()) : nullptr)
        who->flat.remove(number);
    core_->observers.tidy(type_);
}

UNISONO_DECL void shared_type::unobserve_deep(std::uint64_t number) const noexcept {
    if (auto const who = held() ? core_->observers.find(type_, record()) : nullptr)
        who->deep.remove(number);
    core_->observers.tidy(type_);
}

} // namespace unisono::inline v0::yjs
