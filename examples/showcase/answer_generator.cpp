#include "answer_generator.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace {

/// Words with the blank that follows them, as models count tokens; the last one first.
std::vector<std::string> split(std::string const& text) {
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin < text.size();) {
        auto end = text.find_first_of(" \n", begin);
        end = end == std::string::npos ? text.size() : end + 1;
        words.push_back(text.substr(begin, end - begin));
        begin = end;
    }
    std::reverse(words.begin(), words.end());
    return words;
}

std::string compose(std::string const& prompt) {
    std::string const topic = prompt.empty() ? "nothing in particular" : "\"" + prompt + "\"";
    return "You asked about " + topic +
           ".\n\n"
           "There is no language model behind this page. A small generator stands in for one, so that you "
           "can see what "
           "matters here: how an answer travels. Every word is one server-sent event. It leaves the moment "
           "it exists, "
           "over a plain HTTP response that any proxy understands, and your browser shows it as it comes.\n\n"
           "Reload this page: the answer goes on, for it lives on the server and not in the connection. "
           "Press Stop, and the source "
           "of these "
           "words is told to stop producing. With a real model behind it, that is money saved: nobody pays "
           "for words "
           "that nobody reads.\n\n"
           "To put a model here, implement token_source. It has one function: it is given the prompt, a stop "
           "token and "
           "somebody to tell. The rest of this page stays as it is.";
}

} // namespace

answer_generator::answer_generator() : thread_([this](std::stop_token const& quit) { work(quit); }) {}

answer_generator::~answer_generator() = default;

void answer_generator::answer(std::string prompt, std::stop_token stop, listener tell) {
    {
        std::lock_guard const lock{mutex_};
        jobs_.push_back({split(compose(prompt)), std::move(stop), std::move(tell)});
        ++active_;
    }
    wake_.notify_one();
}

void answer_generator::work(std::stop_token const& quit) {
    std::unique_lock lock{mutex_};
    while (!quit.stop_requested()) {
        wake_.wait(lock, quit, [this] { return !jobs_.empty(); });
        auto jobs = std::exchange(jobs_, {});
        lock.unlock();
        for (auto& j : jobs) {
            if (j.stop.stop_requested()) {
                j.tokens.clear();
            } else if (!j.tokens.empty()) {
                j.tell.on_token(std::move(j.tokens.back()));
                j.tokens.pop_back();
                if (j.tokens.empty())
                    j.tell.on_done();
            }
        }
        active_ -= static_cast<int>(std::erase_if(jobs, [](job const& j) { return j.tokens.empty(); }));
        lock.lock();
        jobs_.insert(jobs_.begin(), std::make_move_iterator(jobs.begin()),
                     std::make_move_iterator(jobs.end()));
        wake_.wait_for(lock, quit, std::chrono::milliseconds{30}, [] { return false; });
    }
}
