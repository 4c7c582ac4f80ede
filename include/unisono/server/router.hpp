#pragma once

#include <unisono/transport/http_exchange.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0 {

/// Finds the handler for a request by method and path.
///
/// Patterns are matched segment by segment against the decoded path: `/health` literally, `/chat/{room}` with
/// one segment for the name, `/yjs/{name...}` with all that is left (at least one character). Literal
/// segments win over named ones, and those over the rest of a path, whatever the order they were added in.
class router {
public:
    /// `method` may be empty: any. Throws std::invalid_argument for a malformed pattern, or one added before.
    void add(std::string method, std::string_view pattern, http_handler handler);

    /// Calls the handler, or answers 404, or 405 with the methods that are there.
    void route(http_exchange const& exchange) const;

private:
    struct segment {
        enum class kind { literal, name, rest };
        kind is;
        std::string text;
        bool operator==(segment const&) const = default;
    };
    struct entry {
        std::string method;
        std::vector<segment> pattern;
        http_handler handler;
    };
    using captured = std::vector<std::pair<std::string_view, std::string_view>>;
    static bool matches(entry const& e, std::string_view path, captured& out);
    static bool more_specific(entry const& a, entry const& b) noexcept;

    std::vector<entry> entries_; // most specific first
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/server/impl/router.ipp>
#endif
