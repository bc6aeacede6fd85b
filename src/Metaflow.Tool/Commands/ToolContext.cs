using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Client;
using Metaflow.Settings;

namespace Metaflow.Tool.Commands;

/// <summary>What a command of the tool works with.</summary>
/// <param name="Line">The command line.</param>
/// <param name="Streams">The console.</param>
/// <param name="Input">Answers to questions.</param>
internal sealed record ToolContext(ParsedCommandLine Line, ConsoleStreams Streams, TextReader Input)
{
    private readonly Lazy<MetaflowSettings> _settings = new(() => SettingsLoader.Load(Streams.Environment, Streams.WorkingFolder, Line.Text(ToolOptions.DatastoreRoot)));

    /// <summary>Gets the settings. They are read when they are asked for: help works with wrong ones too.</summary>
    public MetaflowSettings Settings => _settings.Value;

    /// <summary>Gets a value indicating whether JSON is wanted.</summary>
    public bool WantsJson => Line.Flag(JsonOutput.Option.Name);

    /// <summary>Returns a client that sees the namespace of the command line, by default all runs.</summary>
    public MetaflowClient Client() => new MetaflowClient(Settings).WithNamespace(Line.Text(ToolOptions.Namespace));

    /// <summary>Prints a message for people, unless they want quiet.</summary>
    public void Say(string message)
    {
        if (!Line.Flag(ToolOptions.Quiet))
        {
            Streams.Error.WriteLine(message);
        }
    }

    /// <summary>Prints data as JSON.</summary>
    public void WriteJson(object? data) => Streams.Out.Write(PythonJson.Write(data) + "\n");

    /// <summary>Asks a question that is answered with yes or no.</summary>
    /// <returns>Whether the answer is yes; without an answer it is no.</returns>
    public bool Confirm(string question)
    {
        Streams.Error.Write($"{question} [y/N] ");
        return Input.ReadLine()?.Trim() is "y" or "Y" or "yes" or "Yes";
    }
}
