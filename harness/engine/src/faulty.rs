//! The switch of the engine's faults.
//!
//! `faulty!` marks a place where optimized evaluators go wrong, and says how. In `assize-engine` it is the constant `false`, and what
//! the wrong way would do is not even compiled. In `assize-engine-faulty` (`faulty/Cargo.toml`), which is compiled from the same files,
//! it is true while the fault is on, which [`faults::with`](crate::faults::with) sees to, one fault at a time.
//!
//! | form | stands for |
//! |---|---|
//! | `faulty!(F)` | whether the fault is on |
//! | `faulty!(F if condition)` | whether it is on, and the condition holds |
//! | `faulty!(F { statements })` | the statements, if it is on |
//! | `faulty!(F => wrong, else right)` | one of two values |

#[cfg(not(feature = "faults"))]
macro_rules! faulty {
    ($fault:ident) => {
        false
    };
    ($fault:ident if $condition:expr) => {
        false
    };
    ($fault:ident { $($statements:tt)* }) => {};
    ($fault:ident => $wrong:expr, else $right:expr) => {
        $right
    };
}

#[cfg(feature = "faults")]
macro_rules! faulty {
    ($fault:ident) => {
        crate::faults::on(crate::faults::Fault::$fault)
    };
    ($fault:ident if $condition:expr) => {
        (faulty!($fault) && $condition)
    };
    ($fault:ident { $($statements:tt)* }) => {
        if faulty!($fault) { $($statements)* }
    };
    ($fault:ident => $wrong:expr, else $right:expr) => {
        if faulty!($fault) { $wrong } else { $right }
    };
}
