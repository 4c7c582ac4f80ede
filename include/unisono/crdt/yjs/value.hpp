#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/crdt/yjs/shared_type.hpp>
#include <unisono/crdt/yjs/subdocument.hpp>

#include <optional>
#include <utility>
#include <variant>

namespace unisono::inline v0::yjs {

/// One element of an array, or what stands behind a key of a map: a plain value (bytes included), a nested
/// type, or a sub-document.
class value {
public:
    /// undefined
    value() noexcept = default;
    value(any_value plain) noexcept : content_(std::move(plain)) {}
    value(shared_type nested) noexcept : content_(nested) {}
    value(subdocument document) noexcept : content_(std::move(document)) {}

    /// What the value is; null when it is something else. Lives as long as the value.
    any_value const* as_any() const noexcept { return std::get_if<any_value>(&content_); }
    subdocument const* as_subdocument() const noexcept { return std::get_if<subdocument>(&content_); }
    shared_type const* as_type() const noexcept { return std::get_if<shared_type>(&content_); }

    /// The nested type, if it is of that kind: `v.as<yjs::map>()`.
    template <class Type>
    std::optional<Type> as() const noexcept {
        auto const* nested = as_type();
        return nested != nullptr && Type::is_kind(nested->kind()) ? std::optional<Type>{Type{*nested}}
                                                                  : std::nullopt;
    }

    friend bool operator==(value const&, value const&) = default;

private:
    std::variant<any_value, shared_type, subdocument> content_;
};

} // namespace unisono::inline v0::yjs
