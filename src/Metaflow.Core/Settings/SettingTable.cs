using System.Runtime.CompilerServices;
using Metaflow.Naming;
using Metaflow.Plugins;

namespace Metaflow.Settings;

/// <summary>All settings that apply: the framework's own, then those of plug-ins.</summary>
internal static class SettingTable
{
    private const string Start = "METAFLOW_";

    private static readonly IReadOnlyList<SettingDescription> Framework =
    [
        new(SettingNames.User, SettingKind.Text, "It is the user's name."),
        new(SettingNames.Home, SettingKind.Text, "It is the folder of the profiles' files.") { Default = "~/.metaflowconfig" },
        new(SettingNames.Profile, SettingKind.Text, "It is the profile."),
        new(SettingNames.DefaultMetadata, SettingKind.Text, "It is the type of metadata provider.") { Default = "local" },
        new(SettingNames.DefaultDatastore, SettingKind.Text, "It is the type of datastore.") { Default = "local" },
        new(SettingNames.DefaultEnvironment, SettingKind.Text, "It says where tasks get packages from.") { Default = "automatic" },
        new(SettingNames.Isolation, SettingKind.Text, "It says where tasks run."),
        new(SettingNames.DefaultDecorators, SettingKind.Text, "It has the decorators attached to every step."),
        new(SettingNames.DefaultSecretsBackend, SettingKind.Text, "It is the back end of secrets whose source names none.")
        {
            IsForTasks = true,
        },
        new(SettingNames.DefaultSecretsRole, SettingKind.Text, "It is the role that reads secrets.") { IsForTasks = true },
        new(SettingNames.LocalDatastoreRoot, SettingKind.Text, "It is the folder that contains the local datastore."),
        new(SettingNames.IncludeForeachStack, SettingKind.Flag, "It says whether the values of foreaches are recorded.")
        {
            Default = "true",
            IsForTasks = true,
        },
        new(SettingNames.MaximumForeachValueChars, SettingKind.Number, "It is how many characters of a foreach value are recorded.")
        {
            Default = "30",
            IsForTasks = true,
        },
        new(SettingNames.TemporaryFolder, SettingKind.Text, "It is the folder in which tasks create their temporary folders.")
        {
            IsForTasks = true,
        },
        new(SettingNames.LogFormat, SettingKind.Text, "It says how runs are shown.") { Default = "auto" },
        new(SettingNames.SpinPersist, SettingKind.Flag, "It says whether spins keep their results.") { Default = "false" },
        new(SettingNames.SpinDatastoreRoot, SettingKind.Text, "It is the folder that holds the results that spins keep."),
        new(SettingNames.ClientCachePath, SettingKind.Text, "It is the folder in which clients keep values of remote datastores."),
        new(SettingNames.ClientCacheMaxSize, SettingKind.Number, "It is how many megabytes of values clients keep on disk.")
        {
            Default = "10000",
        },
        new(SettingNames.ContactInfo, SettingKind.Map, "It has the contacts for help.") { Default = "{}" },
    ];

    // Asked for each task that is launched.
    private static readonly StrongBox<ForTasks?> LastOfTasks = new();

    /// <summary>Gets the settings.</summary>
    public static IReadOnlyList<SettingDescription> All => [.. Framework, .. OfPlugins];

    /// <summary>Gets the names of the settings that the process of a task reads: it gets them from its scheduler, whichever file they are
    /// in.</summary>
    public static IReadOnlyList<string> OfTasks
    {
        get
        {
            var registry = ProgramPlugins.Registry;
            if (Volatile.Read(ref LastOfTasks.Value) is { } known && known.Registry == registry)
            {
                return known.Names;
            }

            string[] names = [.. All.Where(static setting => setting.IsForTasks).Select(static setting => setting.Name)];
            Volatile.Write(ref LastOfTasks.Value, new ForTasks(registry, names));
            return names;
        }
    }

    /// <summary>Refuses values that do not fit.</summary>
    /// <param name="reader">Has the values.</param>
    /// <exception cref="Errors.ConfigurationException">MF2105: a value does not fit its setting. MF2004: it is none of its
    /// choices.</exception>
    internal static void Check(SettingReader reader)
    {
        foreach (var setting in Framework)
        {
            reader.Check(setting);
        }

        foreach (var setting in OfPlugins)
        {
            reader.Check(setting);
        }

        reader.Choice(
            SettingNames.Isolation, SettingsLoader.IsolationNames, "Tasks have processes of their own, or share that of the run.");
    }

    /// <summary>Finds settings that somebody has probably mistyped: nothing has the name, and one or two letters make another of
    /// it.</summary>
    /// <param name="settings">The settings.</param>
    /// <returns>Sentences, each with the place of the setting.</returns>
    public static IReadOnlyList<string> Mistyped(MetaflowSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var known = KnownNames();
        return
        [
            .. from name in settings.Environment.Keys.Order(StringComparer.Ordinal)
               where !known.Contains(name)
               let near = Nearest(name, known)
               where near is not null
               let origin = settings.Origins.GetValueOrDefault(name)
               let place = origin is null or SettingsFile.EnvironmentOrigin ? "the environment" : $"the file '{origin}'"
               select $"The setting '{name}' in {place} has no effect: no setting has this name. Did you mean '{near}'?",
        ];
    }

    /// <summary>Says that no setting has a name, and which one was probably meant.</summary>
    /// <param name="name">The name.</param>
    /// <returns>A sentence; <see langword="null"/> for the name of a setting.</returns>
    public static string? Unknown(string name)
    {
        var known = KnownNames();
        return known.Contains(name) ? null
            : Nearest(name, known) is { } near ? $"No setting is called '{name}'. Did you mean '{near}'?"
            : $"Metaflow for .NET has no setting '{name}'. It is kept for packages and for Python Metaflow, which may have one.";
    }

    private static List<string> KnownNames() =>
    [
        .. All.Select(static setting => setting.Name),
        .. ProgramPlugins.Registry.NamesOf<Storage.IStoreFactory>().Select(SettingNames.DatastoreRootOf),
    ];

    private static string? Nearest(string name, IEnumerable<string> known)
        => ClosestName.Find(name[Math.Min(name.Length, Start.Length)..], known.Select(static other => other[Start.Length..]), most: 2)
            is { } near ? Start + near : null;

    // What the framework reads itself means the same whoever describes it. Most programs have none: then nothing is made.
    private static IReadOnlyList<SettingDescription> OfPlugins => ProgramPlugins.Registry.All<SettingDescription>() is { Count: > 0 } all
        ? [.. all.Where(static setting => !Framework.Any(own => own.Name == setting.Name))]
        : [];

    private sealed record ForTasks(PluginRegistry Registry, string[] Names);
}
