#include <unisono/codec/json_document.hpp>
#include <unisono/wire/llm_encoder.hpp>

#include "support/catch.hpp"

#include <stdexcept>
#include <string>
#include <vector>

using namespace unisono;

namespace {

constexpr llm_api apis[] = {llm_api::openai_chat, llm_api::openai_responses, llm_api::anthropic_messages};

void append(llm_encoder::events& all, llm_encoder::events more) {
    all.insert(all.end(), more.begin(), more.end());
}

std::string type_of(llm_event const& e) {
    auto const parsed = json::parse(e.data);
    if (!parsed)
        return e.data;
    return std::string{parsed->root()["type"].as_string().value_or("")};
}

std::size_t count_of(llm_encoder::events const& all, std::vector<std::string> const& types) {
    std::size_t count = 0;
    for (auto const& e : all)
        for (auto const& type : types)
            count += e.type == type || e.data == type || (e.type.empty() && e.data.starts_with(type));
    return count;
}

} // namespace

TEST_CASE("an answer is opened once and ends once, whatever is called when") {
    auto const api = GENERATE(from_range(std::begin(apis), std::end(apis)));
    bool const fails = GENERATE(false, true);
    auto const encoder = llm_encoder::make({.api = api, .id = "1", .model = "m"});
    llm_encoder::events all;
    append(all, encoder->text("a"));
    append(all, fails ? encoder->error({.message = "x"}) : encoder->finish(llm_finish::stop));
    auto const size = all.size();
    CHECK(encoder->ended());
    append(all, encoder->text("late"));
    append(all, encoder->tool_call("1", "late"));
    append(all, encoder->error({}));
    append(all, encoder->finish(llm_finish::length));
    CHECK(all.size() == size);
    CHECK(count_of(all, {"[DONE]", "message_stop", "response.completed", "error", R"({"error")"}) == 1);
    for (auto const& e : all) {
        CHECK((e.data == "[DONE]" || json::parse(e.data)));
        CHECK(e.data.find_first_of("\r\n") == std::string::npos);
        CHECK(e.type.empty() == (api == llm_api::openai_chat)); // strict readers of Chat know no named events
        if (!e.type.empty())
            CHECK(type_of(e) == e.type);
    }
}

TEST_CASE("an answer without a word is an answer") {
    auto const api = GENERATE(from_range(std::begin(apis), std::end(apis)));
    auto const all = llm_encoder::make({.api = api})->finish(llm_finish::stop);
    CHECK(all.size() >= 3);
}

TEST_CASE("arguments need a call") {
    auto const api = GENERATE(from_range(std::begin(apis), std::end(apis)));
    auto const encoder = llm_encoder::make({.api = api});
    CHECK_THROWS_AS(encoder->tool_arguments("{}"), std::logic_error);
    encoder->tool_call("1", "f");
    CHECK_FALSE(encoder->tool_arguments("{}").empty());
    encoder->text("then text");
    CHECK_THROWS_AS(encoder->tool_arguments("{}"), std::logic_error);
}

TEST_CASE("content blocks of Messages follow one another with a start and a stop") {
    auto const encoder = llm_encoder::make({.api = llm_api::anthropic_messages});
    llm_encoder::events all;
    append(all, encoder->text("a"));
    append(all, encoder->text("b"));
    append(all, encoder->tool_call("t1", "f"));
    append(all, encoder->tool_arguments("{}"));
    append(all, encoder->tool_call("t2", "g"));
    append(all, encoder->finish(llm_finish::tool_calls, llm_usage{3, 4}));
    std::string seen;
    for (auto const& e : all) {
        auto const root = json::parse(e.data);
        REQUIRE(root);
        seen += e.type + std::to_string(root->root()["index"].as_int64().value_or(-1)) + " ";
    }
    CHECK(seen == "message_start-1 content_block_start0 content_block_delta0 content_block_delta0 "
                  "content_block_stop0 content_block_start1 content_block_delta1 content_block_stop1 "
                  "content_block_start2 content_block_stop2 message_delta-1 message_stop-1 ");
}

TEST_CASE("events of Responses are numbered, and the last one repeats the answer") {
    auto const encoder = llm_encoder::make({.api = llm_api::openai_responses, .id = "7"});
    llm_encoder::events all;
    append(all, encoder->text("He"));
    append(all, encoder->text("llo"));
    append(all, encoder->tool_call("c1", "f"));
    append(all, encoder->tool_arguments(R"({"a":)"));
    append(all, encoder->tool_arguments("1}"));
    append(all, encoder->finish(llm_finish::stop, llm_usage{3, 4}));
    std::int64_t next = 0;
    for (auto const& e : all)
        REQUIRE(json::parse(e.data)->root()["sequence_number"].as_int64() == next++);
    auto const last = json::parse(all.back().data);
    auto const response = last->root()["response"];
    CHECK(response["status"].as_string() == "completed");
    CHECK(response["usage"]["total_tokens"].as_int64() == 7);
    std::vector<std::string> items;
    for (auto const item : response["output"].elements())
        items.emplace_back(item.raw());
    REQUIRE(items.size() == 2);
    CHECK(items[0].find(R"("text":"Hello")") != std::string::npos);
    CHECK(items[1].find(R"("arguments":"{\"a\":1}")") != std::string::npos);
}

TEST_CASE("an error before the first event has the status and the shape its readers know") {
    llm_error const busy{llm_error_kind::overloaded, "try \"later\""};
    auto const openai = llm_error_response(llm_api::openai_chat, busy);
    CHECK(openai.status == 503);
    CHECK(json::parse(openai.body.text())->root()["error"]["message"].as_string() == busy.message);
    auto const anthropic = llm_error_response(llm_api::anthropic_messages, busy);
    CHECK(anthropic.status == 529);
    CHECK(json::parse(anthropic.body.text())->root()["error"]["type"].as_string() == "overloaded_error");
    CHECK(llm_error_response(llm_api::openai_responses, {llm_error_kind::rate_limit, ""}).status == 429);
}
