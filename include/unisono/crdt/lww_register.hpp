#pragma once

#include <unisono/crdt/effect.hpp>
#include <unisono/crdt/timestamp.hpp>
#include <unisono/crdt/type_tag.hpp>
#include <unisono/crdt/value_traits.hpp>

#include <optional>
#include <utility>

namespace unisono::inline v0::crdt {

/// One value, of which the last one written stays: a title, a setting, a position.
///
/// Of two values written at the same time one is lost, the same one everywhere; mv_register keeps both. Value
/// type; thread safety: none.
template <crdt_value T>
class lww_register {
public:
    /// Writes, at a time from a hybrid_clock that has observed what this register has seen.
    lww_register set(timestamp at, T value) {
        lww_register delta;
        delta.written_ = {at, std::move(value)};
        join(delta);
        return delta;
    }

    /// The value; null before the first. Valid until the next change.
    T const* get() const noexcept { return written_ ? &written_->value : nullptr; }

    /// For hybrid_clock::observe.
    std::optional<timestamp> latest() const noexcept {
        return written_ ? std::optional{written_->at} : std::nullopt;
    }

    /// Of two values under one timestamp, which only a replica id used twice brings about, the greater stays.
    effect join(lww_register const& other) {
        if (written_ == other.written_ || !other.written_)
            return effect::none;
        bool const reused = written_ && written_->at == other.written_->at;
        bool const older = written_ && (other.written_->at < written_->at ||
                                        (reused && other.written_->value < written_->value));
        if (!older)
            written_ = other.written_;
        return reused ? effect::reused : older ? effect::none : effect::changed;
    }

    static void write_type(state_writer& out) {
        out.tag(type_tag::lww_register);
        out.tag(value_traits<T>::tag);
    }
    void write(state_writer& out) const {
        out.boolean(written_.has_value());
        if (written_) {
            written_->at.write(out);
            value_traits<T>::write(out, written_->value);
        }
    }
    static lww_register read(state_reader& in) {
        lww_register result;
        if (in.boolean()) {
            auto const at = timestamp::read(in);
            result.written_ = {at, value_traits<T>::read(in)};
        }
        return result;
    }
    void write_json(json::writer& json) const {
        if (written_)
            value_traits<T>::write_json(json, written_->value);
        else
            json.null();
    }

    friend bool operator==(lww_register const&, lww_register const&) = default;

private:
    struct entry {
        timestamp at;
        T value;

        friend bool operator==(entry const&, entry const&) = default;
    };

    std::optional<entry> written_;
};

} // namespace unisono::inline v0::crdt
