namespace Metaflow.Plugins;

/// <summary>A setting: an entry of <c>METAFLOW_…</c> variables and settings files.</summary>
/// <param name="Name">The name of its environment variable, such as <c>METAFLOW_SLURM_PARTITION</c>.</param>
/// <param name="Kind">The kind of its values. Other values are rejected when the settings are read.</param>
/// <param name="Description">Its meaning, as a sentence that errors quote.</param>
public sealed record SettingDescription(string Name, SettingKind Kind, string Description)
{
    /// <summary>Gets the default, in the form in which users write it; <see langword="null"/> (the default) if there is none.</summary>
    public string? Default { get; init; }

    /// <summary>Gets a value indicating whether the processes of tasks need it: they get it as an environment variable, whichever file it
    /// comes from. The default is <see langword="false"/>.</summary>
    public bool IsForTasks { get; init; }
}

/// <summary>The kinds of values of settings.</summary>
public enum SettingKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>Yes or no: only <c>0</c>, <c>false</c> and the empty text mean no.</summary>
    Flag,

    /// <summary>A whole number, 0 or more.</summary>
    Number,

    /// <summary>A JSON object of texts.</summary>
    Map,
}
