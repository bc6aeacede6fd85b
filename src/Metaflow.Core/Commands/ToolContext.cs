using Metaflow.Client;
using Metaflow.Settings;

namespace Metaflow.Commands;

/// <summary>The context of a command of the <c>metaflow</c> tool.</summary>
public sealed class ToolContext : CommandContext
{
    /// <summary>The option of every command that says where the datastore is.</summary>
    internal const string DatastoreRootOption = "datastore-root";

    /// <summary>The option of every command that says which runs are looked at.</summary>
    internal const string NamespaceOption = "namespace";

    private MetaflowSettings? _settings;

    internal ToolContext(ParsedCommandLine line, ConsoleStreams streams, CancellationToken stopping)
        : base(line, streams, stopping)
    {
    }

    /// <summary>Gets the settings. They are read on first use, so help works with wrong settings too.</summary>
    /// <exception cref="Errors.ConfigurationException">A setting is wrong.</exception>
    public override MetaflowSettings Settings
        => _settings ??= SettingsLoader.Load(Streams.Environment, Streams.WorkingFolder, Line.Text(DatastoreRootOption));

    /// <summary>Returns a client of the datastore.</summary>
    /// <returns>The client; it sees the namespace of the command line, by default all runs.</returns>
    /// <exception cref="Errors.ConfigurationException">A setting is wrong, or no plug-in has the type of datastore (MF2049).</exception>
    public override MetaflowClient Client() => base.Client().WithNamespace(Line.Text(NamespaceOption));
}
