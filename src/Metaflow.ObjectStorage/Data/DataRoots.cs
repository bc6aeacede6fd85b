using Metaflow.Plugins;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.ObjectStorage.Data;

/// <summary>Where the data of runs are, as the settings say.</summary>
internal static class DataRoots
{
    private static readonly SettingDescription SuffixSetting = new(
        "METAFLOW_DATATOOLS_SUFFIX", SettingKind.Text, "It is the folder of the datastore in which steps keep data of their own.")
    { IsForTasks = true, Default = RunDataRoots.DefaultSuffix };

    private static readonly SettingDescription LocalRootSetting = new(
        "METAFLOW_DATATOOLS_LOCALROOT", SettingKind.Text, "It is the folder of this machine in which steps keep data of their own.")
    { IsForTasks = true };

    /// <summary>The settings that each service's plug-in describes.</summary>
    public static readonly SettingDescription[] SharedSettings = [SuffixSetting, LocalRootSetting];

    /// <summary>Returns where the data of a run are.</summary>
    /// <param name="run">The run.</param>
    /// <param name="type">The type of the store; <see langword="null"/> for that of the run's datastore.</param>
    /// <param name="root">The root to use instead of that of the settings, or <see langword="null"/>.</param>
    /// <param name="options">Has the settings.</param>
    /// <returns>The address.</returns>
    /// <exception cref="Errors.ConfigurationException">Nothing says it (MF2083), or a setting has no such root (MF2105).</exception>
    public static string Of(IRunScope run, string? type, string? root, StoreOptions options)
    {
        type ??= run.Datastore?.Type ?? options.Setting(SettingNames.DefaultDatastore) ?? StoreAddress.LocalType;
        root ??= RunDataRoots.Of(run.Datastore, run.IsOfClient, type, options);
        return root is null
            ? throw DataErrors.NoRoot($"{run.FlowName}/{run.RunId}", type, RunDataRoots.SettingOf(type))
            : $"{RunDataRoots.Addressed(type, root)}/{run.FlowName}/{run.RunId}";
    }
}
