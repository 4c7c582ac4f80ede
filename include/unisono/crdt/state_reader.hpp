#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/crdt/decode_limits.hpp>
#include <unisono/crdt/dot.hpp>

#include <cstdint>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

namespace unisono::inline v0::crdt {

class causal_context;

/// Reads what a state_writer wrote, and nothing else: what could have been written shorter or in another
/// order is refused.
///
/// Errors stick, as in lib0_reader: after the first one every read returns zero or nothing. So a type reads
/// straight through and whoever called it asks once; loops over a count ask ok().
class state_reader {
public:
    explicit state_reader(bytes_view bytes, decode_limits const& limits = {}) noexcept
        : in_(bytes), limits_(limits) {}

    bool ok() const noexcept { return in_.ok(); }
    std::error_code error() const noexcept { return in_.error(); }
    void fail(std::error_code error) noexcept { in_.fail(error); }
    bool at_end() const noexcept { return in_.remaining() == 0; }
    decode_limits const& limits() const noexcept { return limits_; }

    std::uint64_t uint() noexcept;
    std::int64_t sint() noexcept;
    bool boolean() noexcept;
    std::int64_t fixed64() noexcept { return in_.i64(); }
    double real() noexcept { return in_.f64(); }
    bytes_view bytes() noexcept;
    /// Valid UTF-8.
    std::string_view text() noexcept;

    /// A number of elements that follow, each of at least one byte. Counts against the limit.
    std::size_t count() noexcept;

    /// A number from 1 to the limit.
    std::uint64_t counter() noexcept;

    /// The replicas that what follows refers to.
    std::span<crdt::replica_id const> replicas();
    crdt::replica_id replica() noexcept;

    /// What the dots that follow are held against. Valid until the state is read.
    void seen(causal_context const& context) noexcept { context_ = &context; }

    /// A dot that the context contains.
    crdt::dot dot() noexcept;

    /// Takes exactly these bytes; `otherwise` is the error when there are others.
    void expect(bytes_view expected, std::error_code otherwise) noexcept;

private:
    void require_shortest(bytes_view before) noexcept;

    lib0_reader in_;
    decode_limits limits_;
    std::size_t counted_ = 0;
    std::vector<crdt::replica_id> replicas_;
    bool table_ = false;
    causal_context const* context_ = nullptr;
};

} // namespace unisono::inline v0::crdt

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/impl/state_reader.ipp>
#endif
