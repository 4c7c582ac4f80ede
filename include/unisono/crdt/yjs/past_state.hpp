#pragma once

#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/array.hpp>
#include <unisono/crdt/yjs/detail/past.hpp>
#include <unisono/crdt/yjs/map.hpp>
#include <unisono/crdt/yjs/snapshot.hpp>
#include <unisono/crdt/yjs/text.hpp>
#include <unisono/crdt/yjs/text_piece.hpp>
#include <unisono/crdt/yjs/value.hpp>
#include <unisono/crdt/yjs/xml.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::yjs {

/// Reads what the types of a document held at a snapshot, without a second document. Made by document::at().
///
/// The types are those of the document as it is now, so handles to types that have been deleted since are
/// what this returns and takes. A type that did not exist yet reads as empty.
///
/// Valid until the document changes, and no longer than it lives. Thread safety: that of the document.
class past_state {
public:
    /// See document::at().
    static result<past_state> make(detail::document_core& core, snapshot const& state);

    std::string to_string(text const& type) const;
    std::vector<text_piece> to_delta(text const& type) const;

    std::vector<value> to_vector(array const& type) const { return elements(type); }
    std::vector<value> to_vector(xml_fragment const& type) const { return elements(type); }

    /// The value of a key, or nothing when it had none.
    std::optional<value> get(map const& type, std::string_view key) const { return value_of(type, key); }
    std::vector<std::string> keys(map const& type) const { return keys_of(type); }

    std::optional<value> attribute(xml_element const& type, std::string_view key) const {
        return value_of(type, key);
    }
    std::vector<std::string> attribute_keys(xml_element const& type) const { return keys_of(type); }

    /// Makes of an element that came or went the value of its attribute `ychange`.
    using label = std::function<any_value(bool added, id first)>;

    /// A text with what came into it since `older` and what went: pieces that did have an attribute
    /// `ychange`,
    /// `{"type":"added"}` or `{"type":"removed"}` unless `make_label` gives another value. Formats are those
    /// of this state. As Yjs's toDelta(snapshot, prevSnapshot), but neighbours with equal attributes are one
    /// piece, and embedded values are marked, too.
    ///
    /// Precondition: both states are of the same document.
    std::vector<text_piece> changes_since(past_state const& older, text const& type,
                                          label const& make_label = {}) const;

private:
    past_state(detail::document_core& core, detail::past past) noexcept
        : core_(&core), past_(std::move(past)) {}

    template <class Each>
    void for_each_shown(shared_type const& type, Each&& each) const;
    detail::slot first_child(shared_type const& type) const noexcept;
    std::vector<value> elements(shared_type const& type) const;
    std::optional<value> last_value(detail::list_index list) const;
    std::optional<value> value_of(shared_type const& type, std::string_view key) const;
    std::vector<std::string> keys_of(shared_type const& type) const;

    detail::document_core* core_;
    detail::past past_;
};

} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/past_state.ipp>
#endif
