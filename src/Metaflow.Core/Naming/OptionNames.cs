using System;

namespace Metaflow.Naming;

/// <summary>The names, with <c>_</c> between words, that no parameter may have, since commands that take parameters have options of these
/// names.</summary>
/// <remarks>Compiled into the analyzers too. A test of the command line compares them with the options.</remarks>
internal static class OptionNames
{
    // Python Metaflow's list, so that a flow can be carried over, and `help`, which the command line takes first.
    private static readonly string[] Reserved =
    [
        "params", "with", "tag", "namespace", "obj", "tags", "decospecs", "run_id_file", "max_num_splits", "max_workers", "max_log_size",
        "user_namespace", "run_id", "task_id", "runner_attribute_file", "help",
    ];

    // Metaflow's own options of the commands that accept parameters: a parameter would hide them.
    private static readonly string[] Hidden =
    [
        "cache", "cache_runs", "explain", "explain_json", "log_format", "until", "dry_run", "json", "origin_run_id", "rerun_changed",
        "clone_only", "reentrant", "resume_identifier", "config", "config_value", "continue", "artifact", "artifacts_file",
        "skip_decorators", "persist", "isolation", "no_cache", "no_clone_only", "no_reentrant", "no_skip_decorators", "no_persist",
    ];

    /// <summary>Returns true if a name is reserved, here and in Python Metaflow.</summary>
    public static bool IsReserved(string name) => Array.IndexOf(Reserved, name.Replace('-', '_')) >= 0;

    /// <summary>Returns true if a parameter of a name would hide one of Metaflow's own options.</summary>
    public static bool IsOption(string name) => Array.IndexOf(Hidden, name.Replace('-', '_')) >= 0;
}
