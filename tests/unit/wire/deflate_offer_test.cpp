#include <unisono/wire/detail/deflate_offer.hpp>

#include "support/catch.hpp"

#include <string>

namespace {

std::string const agreed = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

std::string answer(std::string_view offers) {
    auto const agreement = unisono::detail::answer_deflate_offers(offers);
    return agreement ? agreement->extension + " /" + std::to_string(agreement->window_bits) : "declined";
}

} // namespace

TEST_CASE("threat B1: an offer of permessage-deflate is accepted or declined by RFC 7692, 7.1") {
    for (char const* offer :
         {"permessage-deflate", "Permessage-Deflate", "permessage-deflate; client_max_window_bits",
          "permessage-deflate; client_max_window_bits=8", "permessage-deflate; client_max_window_bits=\"15\"",
          "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
          "unknown; a=1, permessage-deflate", "permessage-deflate; unknown, permessage-deflate",
          "permessage-deflate, permessage-deflate; server_max_window_bits=9",
          "permessage-deflate; server_max_window_bits=7, permessage-deflate"}) {
        INFO(offer);
        CHECK(answer(offer) == agreed + " /15");
    }
    CHECK(answer("permessage-deflate; server_max_window_bits=15") ==
          agreed + "; server_max_window_bits=15 /15");
    CHECK(answer("permessage-deflate; server_max_window_bits=8") == agreed + "; server_max_window_bits=8 /8");
    CHECK(answer("permessage-deflate; client_max_window_bits=12; server_max_window_bits=\"10\"") ==
          agreed + "; server_max_window_bits=10 /10");

    std::string const parameters[] = {
        "server_max_window_bits", // needs a value in an offer
        "server_max_window_bits=7",
        "server_max_window_bits=16",
        "server_max_window_bits=0",
        "server_max_window_bits=08",
        "server_max_window_bits=010",
        "server_max_window_bits=271", // 15 in eight bits
        "server_max_window_bits=4294967305",
        "server_max_window_bits=1e1",
        "server_max_window_bits=15x",
        "server_max_window_bits=-8",
        "server_max_window_bits=+9",
        "client_max_window_bits=7",
        "client_max_window_bits=16",
        "client_max_window_bits=264",
        "client_max_window_bits=9 9",
        "server_no_context_takeover=1",
        "client_no_context_takeover=true",
        "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover; client_no_context_takeover",
        "server_max_window_bits=10; server_max_window_bits=10",
        "client_max_window_bits; client_max_window_bits=10",
        "unknown",
        "max_window_bits=10",
        "server_max_window_bits=\"10",
    };
    for (auto const& parameter : parameters) {
        INFO(parameter);
        CHECK(answer("permessage-deflate; " + parameter) == "declined");
    }
    CHECK(answer("unknown") == "declined");
    CHECK(answer("x-webkit-deflate-frame") == "declined");
    CHECK(answer("permessage-deflate,") == "declined");
    CHECK(answer("") == "declined");
}
