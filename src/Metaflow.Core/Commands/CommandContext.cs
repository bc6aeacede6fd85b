using Metaflow.Client;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Stores;

namespace Metaflow.Commands;

/// <summary>The context of a command.</summary>
public abstract class CommandContext
{
    /// <summary>The option of every command that silences messages for people.</summary>
    internal const string QuietOption = "quiet";

    private protected CommandContext(ParsedCommandLine line, ConsoleStreams streams, CancellationToken stopping)
    {
        Line = line;
        Streams = streams;
        Stopping = stopping;
    }

    /// <summary>Gets the parsed command line.</summary>
    public ParsedCommandLine Line { get; }

    /// <summary>Gets the console. It makes control sequences in texts visible, so that the terminal does not execute them.</summary>
    public ConsoleStreams Streams { get; }

    /// <summary>Gets the token that is cancelled when the user presses Ctrl-C, or the process is asked to end. A command that this token
    /// stops ends with the exit code of the signal.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Gets the settings, including those that options of every command set.</summary>
    public abstract MetaflowSettings Settings { get; }

    /// <summary>Gets a value indicating whether messages for people are suppressed.</summary>
    public bool IsQuiet => Line.Flag(QuietOption);

    /// <summary>Gets or sets what shows the help of the command.</summary>
    internal Action WriteHelp { get; set; } = static () => { };

    /// <summary>Returns a client of the datastore.</summary>
    /// <returns>The client, in the namespace of the command line.</returns>
    /// <exception cref="Errors.ConfigurationException">A setting is wrong, or no plug-in has the type of datastore (MF2049).</exception>
    public virtual MetaflowClient Client() => new(Settings);

    /// <summary>Opens the stores of runs.</summary>
    /// <returns>The stores.</returns>
    /// <exception cref="Errors.ConfigurationException">A setting is wrong, or no plug-in has the type of datastore (MF2049).</exception>
    public RunStores OpenStores()
        => RunStores.Open(Settings.Datastore, StoreOptions.Of(Settings.Environment, Streams.Time), Settings.MetadataType);

    /// <summary>Prints a message for people to the standard error, unless <c>--quiet</c> is given.</summary>
    /// <param name="message">A line.</param>
    public void Say(string message)
    {
        if (!IsQuiet)
        {
            Streams.Error.WriteLine(message);
        }
    }

    /// <summary>Asks a yes-or-no question.</summary>
    /// <param name="question">The question.</param>
    /// <returns>Whether the answer is yes; without an answer it is no.</returns>
    public bool Confirm(string question)
    {
        Streams.Error.Write($"{question} [y/N] ");
        return Streams.ReadLine()?.Trim() is "y" or "Y" or "yes" or "Yes";
    }
}
