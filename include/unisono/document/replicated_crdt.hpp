#pragma once

#include <unisono/crdt/causal_context.hpp>
#include <unisono/crdt/encoding.hpp>
#include <unisono/crdt/state_reader.hpp>
#include <unisono/crdt/state_writer.hpp>
#include <unisono/document/document_replica.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

namespace unisono::inline v0 {

/// A document that is a state of a delta_crdt: updates are its deltas, as crdt::encode() writes them.
///
/// A state vector is the encoded causal context. Types that do not know what they have seen have an empty one
/// and answer with the whole. To find out whether an update repeats something the state may be copied, so
/// this is for documents of up to some ten thousand elements.
template <crdt::delta_crdt T>
class replicated_crdt final : public document_replica {
public:
    /// Beyond `max_bytes` encoded it takes nothing more in: crdt_error::document_too_large.
    explicit replicated_crdt(std::size_t max_bytes = 1024 * 1024) : max_bytes_(max_bytes) {
        byte_buffer type;
        crdt::state_writer out{type};
        T::write_type(out);
        format_ = {"crdt", crdt::encoding_version};
        for (std::byte const tag : type)
            format_.engine += '-' + std::to_string(std::to_integer<unsigned>(tag));
    }

    /// The document, to look at.
    T const& state() const noexcept { return state_; }

    /// Changes the document: `change(T&)` returns its delta, as the members of T do that change it. Stored
    /// and told to clients when the host's turn ends; see document_service::with_document().
    template <class Change>
    void edit(Change&& change) {
        T const delta = std::forward<Change>(change)(state_);
        edits_.join(delta);
        edited_ = true;
    }

    record_format const& format() const noexcept override { return format_; }

    result<bool> is_new(bytes_view update) const override {
        auto const delta = crdt::decode<T>(update, limits);
        if (!delta)
            return delta.error();
        if constexpr (crdt::causal_crdt<T>)
            if (!state_.context().covers(delta->context()))
                return true;
        T copy = state_;
        return copy.join(*delta) != crdt::effect::none;
    }

    std::error_code full() override {
        if (bytes_ > max_bytes_) // there may be less than what has come
            bytes_ = crdt::encode(state_).size();
        return bytes_ > max_bytes_ ? make_error_code(crdt_error::document_too_large) : std::error_code{};
    }

    void add(payload update) override {
        if (auto const delta = crdt::decode<T>(update.view(), limits)) {
            state_.join(*delta);
            bytes_ += update.size();
        }
    }

    payload merge(std::vector<payload> const& updates) const override {
        T all;
        for (auto const& update : updates)
            if (auto const delta = crdt::decode<T>(update.view(), limits))
                all.join(*delta);
        return payload{crdt::encode(all)};
    }

    byte_buffer state_vector() override {
        byte_buffer bytes;
        if constexpr (crdt::causal_crdt<T>) {
            crdt::state_writer out{bytes};
            state_.context().write(out);
        }
        return bytes;
    }

    result<byte_buffer> missing(bytes_view state_vector) override {
        if constexpr (crdt::causal_crdt<T>) {
            crdt::state_reader in{state_vector, limits};
            auto const seen = crdt::causal_context::read(in);
            if (in.ok() && !in.at_end())
                in.fail(codec_error::trailing_bytes);
            if (!in.ok())
                return in.error();
            return crdt::encode(state_.missing_from(seen));
        } else {
            return crdt::encode(state_);
        }
    }

    result<payload> whole() override { return payload{crdt::encode(state_)}; }

    payload take_edits() override {
        if (!std::exchange(edited_, false))
            return {};
        payload const update{crdt::encode(std::exchange(edits_, T{}))};
        bytes_ += update.size();
        return update;
    }

    std::size_t size() const noexcept override { return bytes_; }

private:
    /// What came in was bounded where it came from, and what is stored must be taken in.
    static constexpr crdt::decode_limits limits{.elements = SIZE_MAX};

    std::size_t max_bytes_;
    record_format format_;
    T state_;
    std::size_t bytes_ = 0; ///< at least as many as the state takes
    T edits_;               ///< the host's, not yet taken
    bool edited_ = false;
};

} // namespace unisono::inline v0
