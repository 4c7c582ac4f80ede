#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

/// Where the words of an answer come from: a language model, or the generator that comes with the showcase.
class token_source {
public:
    /// What the source tells. Called on any thread, one call at a time.
    struct listener {
        std::function<void(std::string token)> on_token;
        std::function<void()> on_done;
        std::function<void(std::string reason)> on_error;
    };

    virtual ~token_source() = default;

    /// Begins an answer. Produces until it is done or `stop` is requested; after that nothing more is told.
    virtual void answer(std::string prompt, std::stop_token stop, listener tell) = 0;
};
