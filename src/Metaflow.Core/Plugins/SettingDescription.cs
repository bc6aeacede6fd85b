namespace Metaflow.Plugins;

/// <summary>A setting: what <c>METAFLOW_…</c> variables and settings files may say.</summary>
/// <param name="Name">The name of its environment variable, such as <c>METAFLOW_SLURM_PARTITION</c>.</param>
/// <param name="Kind">What values it has. Others are refused when the settings are read.</param>
/// <param name="Description">What it says, as a sentence that errors quote.</param>
public sealed record SettingDescription(string Name, SettingKind Kind, string Description)
{
    /// <summary>Gets what counts where the setting is not set, as users would write it; <see langword="null"/> (the default) where nothing
    /// does.</summary>
    public string? Default { get; init; }

    /// <summary>Gets a value indicating whether the processes of tasks need it: they get it as an environment variable, whichever file it
    /// is in. The default is <see langword="false"/>.</summary>
    public bool IsForTasks { get; init; }
}

/// <summary>What values a setting has.</summary>
public enum SettingKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>Yes or no: only <c>0</c>, <c>false</c> and the empty text mean no.</summary>
    Flag,

    /// <summary>A whole number from 0 on.</summary>
    Number,

    /// <summary>A JSON object of texts.</summary>
    Map,
}
