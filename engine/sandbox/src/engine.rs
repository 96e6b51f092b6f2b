//! The engine: wasmtime with every setting named, the same for compiling and for running.

use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Result};

use crate::limits;

/// What compiler and sandbox must agree on, or compiled files would not load.
fn common() -> Config {
    let mut config = Config::new();
    config
        .concurrency_support(limits::CONCURRENCY_SUPPORT)
        .epoch_interruption(true)
        .max_wasm_stack(limits::WASM_STACK)
        .async_stack_size(limits::ASYNC_STACK)
        .async_stack_zeroing(limits::ASYNC_STACK_ZEROING)
        .cranelift_nan_canonicalization(limits::NAN_CANONICALIZATION)
        .relaxed_simd_deterministic(true)
        // What no toolchain of ours needs is off; threads, GC and exceptions are not even built.
        .wasm_memory64(false)
        .shared_memory(false);
    config
}

/// An engine that compiles. It reserves no pool: the compiler's process has little address space.
pub(crate) fn compiling() -> Result<Engine> {
    Engine::new(&common())
}

/// An engine that runs up to `runs` instances at once, and whether it has a pool for them. Where the pool does
/// not fit into the address space, instances are made on demand, at twice the time for each.
pub(crate) fn running(runs: u32) -> Result<(Engine, bool)> {
    let mut config = common();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(runs)));
    match Engine::new(&config) {
        Ok(engine) => Ok((engine, true)),
        Err(error) => {
            tracing::warn!(
                runs,
                %error,
                "no room for a pool of instances; runs take twice the time. Allow more address space (ulimit -v) or fewer runs at once"
            );
            Ok((Engine::new(&common())?, false))
        }
    }
}

fn pool(runs: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(runs)
        .total_core_instances(runs.saturating_mul(limits::CORE_INSTANCES_PER_RUN))
        .total_memories(runs.saturating_mul(limits::MEMORIES_PER_RUN))
        .total_tables(runs.saturating_mul(limits::TABLES_PER_RUN))
        .total_stacks(runs)
        .max_core_instances_per_component(limits::CORE_INSTANCES_PER_RUN)
        .max_memories_per_component(limits::MEMORIES_PER_RUN)
        .max_tables_per_component(limits::TABLES_PER_RUN)
        .max_core_instance_size(limits::CORE_INSTANCE_BYTES)
        .max_component_instance_size(limits::CORE_INSTANCE_BYTES)
        .max_memory_size(limits::MEMORY_SLOT)
        .table_elements(limits::TABLE_ELEMENTS)
        .linear_memory_keep_resident(limits::MEMORY_KEEP)
        .table_keep_resident(limits::TABLE_KEEP)
        .async_stack_keep_resident(limits::ASYNC_STACK_KEEP)
        .pagemap_scan(if limits::PAGEMAP_SCAN { Enabled::Yes } else { Enabled::No });
    pool
}
