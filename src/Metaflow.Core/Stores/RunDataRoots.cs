using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Settings;
using Metaflow.Storage;

namespace Metaflow.Stores;

/// <summary>Where the data are that steps store for their run under names of their own, as the settings say.</summary>
internal static class RunDataRoots
{
    /// <summary>The setting that names the folder of the datastore that has them.</summary>
    private const string SuffixSetting = "METAFLOW_DATATOOLS_SUFFIX";

    /// <summary>The name of the folder without a setting.</summary>
    public const string DefaultSuffix = "data";

    private const string Separator = "://";

    /// <summary>Returns the name of the setting that says where the data of runs are in stores of a type.</summary>
    /// <param name="type">The type, such as <c>s3</c>.</param>
    /// <returns>The name.</returns>
    public static string SettingOf(string type) => $"METAFLOW_DATATOOLS_{type.ToUpperInvariant()}ROOT";

    /// <summary>Returns the root of the data of runs.</summary>
    /// <param name="datastore">The datastore of the runs; <see langword="null"/> if it is not known.</param>
    /// <param name="isOfClient">Whether the runs are read by a client, so that settings may be those of another datastore.</param>
    /// <param name="type">The type of the store that has the data.</param>
    /// <param name="options">Has the settings.</param>
    /// <returns>The root, without a slash at its end; <see langword="null"/> if nothing says it.</returns>
    /// <exception cref="ConfigurationException">The setting has no such root (MF2105). The exit code is 2.</exception>
    public static string? Of(StoreAddress? datastore, bool isOfClient, string type, StoreOptions options)
        => (isOfClient && IsAnother(datastore, type, options) ? null : Named(type, options))?.TrimEnd('/')
            ?? OfDatastore(datastore, type, options);

    /// <summary>Returns the path of the data of runs within their datastore.</summary>
    /// <param name="datastore">The datastore.</param>
    /// <param name="options">Has the settings.</param>
    /// <returns>The path relative to the datastore's root; <see langword="null"/> if the settings put the data elsewhere.</returns>
    public static string? Within(StoreAddress datastore, StoreOptions options)
    {
        if (Of(datastore, isOfClient: true, datastore.Type, options) is not { } named)
        {
            return null;
        }

        var own = Bare(datastore.Type, datastore.Root) + "/";
        var root = Bare(datastore.Type, named);
        return root.StartsWith(own, StringComparison.Ordinal) && root[own.Length..] is var path
            && path.Split('/').All(static name => name is not ("" or "." or "..")) ? path : null;
    }

    /// <summary>Returns a root as the store of its type is opened with it.</summary>
    /// <param name="type">The type of the store.</param>
    /// <param name="root">The root, as a setting or a datastore names it.</param>
    /// <returns>The absolute path of a folder, or the address.</returns>
    public static string Located(string type, string root)
        => type == StoreAddress.LocalType ? Bare(type, root) : Addressed(type, root);

    /// <summary>Returns a root with its scheme. Some services have roots without one, as Python Metaflow writes them.</summary>
    /// <param name="type">The type of the store.</param>
    /// <param name="root">The root.</param>
    /// <returns>The root, without a slash at its end.</returns>
    public static string Addressed(string type, string root)
        => (root.IndexOf(Separator, StringComparison.Ordinal) > 0 || type == StoreAddress.LocalType ? root : $"{type}{Separator}{root}")
            .TrimEnd('/');

    /// <summary>Returns the root that a setting names.</summary>
    private static string? Named(string type, StoreOptions options)
    {
        var root = options.Setting(SettingOf(type));
        if (root is null)
        {
            return null;
        }

        var meant = MistakenAddress.MeantBy(root);
        var end = root.IndexOf(Separator, StringComparison.Ordinal);
        if (meant is null && (end <= 0 || root[..end] == type))
        {
            return root;
        }

        var example = meant?.StartsWith(type + Separator, StringComparison.Ordinal) == true ? meant
            : type == StoreAddress.LocalType ? "/data" : $"{type}{Separator}bucket/prefix";
        throw new ConfigurationException(
            ErrorCodes.InvalidSetting,
            $"The setting '{SettingOf(type)}' cannot be '{ShownAddress.Of(root)}'.",
            $"It names where data of steps is in a store of type '{type}'.",
            $"Write it so, for example '{ShownAddress.Of(example)}'.")
        { ExitCode = ExitCodes.Usage };
    }

    private static string? OfDatastore(StoreAddress? datastore, string type, StoreOptions options)
    {
        var root = datastore is not null && datastore.Type == type ? datastore.Root
            : type == StoreAddress.LocalType ? null
            : options.Setting(SettingNames.DatastoreRootOf(type));
        return root is null or "" ? null : $"{root.TrimEnd('/')}/{options.Setting(SuffixSetting) ?? DefaultSuffix}";
    }

    /// <summary>Returns true if the datastore of a run is certainly not the one that the settings are for.</summary>
    private static bool IsAnother(StoreAddress? datastore, string type, StoreOptions options)
        => datastore is not null && datastore.Type == type
            && options.Setting(type == StoreAddress.LocalType ? SettingNames.LocalDatastoreRoot : SettingNames.DatastoreRootOf(type))
                is { } home
            && Bare(type, type == StoreAddress.LocalType ? SettingsLoader.LocalRoot(home) : home) != Bare(type, datastore.Root);

    /// <summary>Returns a root in the one form that can be compared: without its scheme, which not all services need, and the path of a
    /// folder without <c>..</c>.</summary>
    private static string Bare(string type, string root)
    {
        var bare = root.StartsWith(type + Separator, StringComparison.Ordinal) ? root[(type + Separator).Length..] : root;
        return (type == StoreAddress.LocalType ? UserPath.Of(bare, Environment.CurrentDirectory) : bare).TrimEnd('/');
    }
}
