#pragma once

#include <unisono/transport/detail/llm_sink.hpp>
#include <unisono/transport/generation.hpp>

#include <stop_token>
#include <utility>

namespace unisono::inline v0::detail {

/// An answer that lives on its own.
class llm_generation final : public llm_sink {
public:
    explicit llm_generation(generation target) : target_(std::move(target)) {}

    bool is_open() const noexcept override { return true; }
    void write(sse_event const& event) override { (void)target_.write(event); }
    void end() override { target_.finish(); }
    std::stop_token stop_token() const noexcept override { return target_.stop_token(); }

private:
    generation target_;
};

} // namespace unisono::inline v0::detail
