#include "history.hpp"
#include "subjects.hpp"
#include "support/catch.hpp"
#include "support/environment.hpp"

#include <cstdlib>
#include <string>

using namespace unisono;

using unisono::test::from_environment;

// UNISONO_CRDT_STEPS=1000000 ./crdt_laws takes more steps, UNISONO_SEED=42 repeats the history that failed.
TEMPLATE_TEST_CASE("laws and meaning hold in every history", "", test::g_counter_subject,
                   test::pn_counter_subject, test::causal_counter_subject, test::lww_register_subject,
                   test::mv_register_subject, (test::flag_subject<crdt::enable_wins_flag, true>),
                   (test::flag_subject<crdt::disable_wins_flag, false>), test::g_set_subject,
                   test::two_phase_set_subject, test::or_set_subject,
                   test::lww_element_set_subject<crdt::lww_bias::add>,
                   test::lww_element_set_subject<crdt::lww_bias::remove>, test::or_map_subject,
                   test::nested_map_subject, test::sequence_subject) {
    bool const repeat = std::getenv("UNISONO_SEED") != nullptr;
    auto seed = repeat ? from_environment("UNISONO_SEED", 0) : system_random().next();
    auto const steps = repeat ? 1 : from_environment("UNISONO_CRDT_STEPS", 20'000);
    for (std::uint64_t taken = 0; taken < steps; ++seed) {
        try {
            taken += test::history<TestType>{seed}.play();
        } catch (std::exception const& e) {
            FAIL("UNISONO_SEED=" << seed << ", " << e.what());
        }
    }
}
