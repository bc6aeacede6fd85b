using Metaflow.Cli.Commands;
using Metaflow.Cli.Completion;
using Metaflow.Commands;
using Metaflow.Environments;
using Metaflow.Environments.Records;
using Metaflow.Environments.Storage;
using Metaflow.Environments.Views;
using Metaflow.Environments.Workspaces;
using Metaflow.Storage;

namespace Metaflow.Tool.EnvironmentCommands;

/// <summary>What the commands of environments have in common.</summary>
internal sealed class ToolEnvironments : IDisposable
{
    /// <summary>The argument that names an environment.</summary>
    public const string Argument = "ENV";

    /// <summary>What an environment is named by, for help.</summary>
    public const string ArgumentForms =
        "ENV is a name such as 'team/training:v1', both hashes ('request:full'), the hash of the packages, or 'step:Flow/run/step' for the "
            + "environment that a task had.";

    private const string Dotnet = "dotnet";

    private readonly ToolContext _context;
    private readonly PackageView _view;

    private ToolEnvironments(ToolContext context)
    {
        _context = context;
        _view = new PackageView(context);
        Workspace = EnvironmentWorkspace.Open(
            context.Settings, StoreOptions.Of(context.Settings.Environment, context.Streams.Time, context.Settings.Origins), Dotnet,
            context.Streams.WorkingFolder, _view);
        Book = context.Line.Flag(EnvironmentOptions.LocalOnly.Name) ? Workspace.Book.WithoutCache() : Workspace.Book;
        Named = new NamedEnvironments(Book);
    }

    /// <summary>Gets the option that says that the argument is a pathspec.</summary>
    public static OptionSpecification Pathspec { get; } = new()
    {
        Name = "pathspec",
        Description = "ENV is 'Flow/run/step' or 'Flow/run/step/task', without 'step:' before it.",
    };

    /// <summary>Gets what resolves, stores and creates environments.</summary>
    public EnvironmentWorkspace Workspace { get; }

    /// <summary>Gets the environments that count: with <c>--local-only</c> those of this machine.</summary>
    public EnvironmentBook Book { get; }

    /// <summary>Gets what finds environments by their names.</summary>
    public NamedEnvironments Named { get; }

    /// <summary>Gets the kind of machine that the command line names; by default this machine's.</summary>
    public string Machine => _context.Line.Text(EnvironmentOptions.Architecture.Name) ?? MachineKinds.OfThisMachine;

    /// <summary>Opens what a command works with.</summary>
    /// <param name="context">The command's context.</param>
    /// <returns>The environments.</returns>
    public static ToolEnvironments Open(ToolContext context) => new(context);

    /// <summary>Returns what an argument names.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="argument">The argument.</param>
    /// <returns>The text, as all commands read it.</returns>
    public static string TextOf(ToolContext context, string argument)
        => context.Line.Flag(Pathspec.Name) ? $"step:{argument}" : argument;

    /// <summary>Refuses texts that name no environment, before anything is done.</summary>
    /// <param name="context">The command's context.</param>
    /// <param name="arguments">The arguments.</param>
    /// <exception cref="Errors.EnvironmentException">A text is none (MF7034).</exception>
    public static void Check(ToolContext context, params IEnumerable<string> arguments)
    {
        foreach (var argument in arguments)
        {
            _ = EnvironmentReference.Parse(TextOf(context, argument));
        }
    }

    /// <summary>Returns the names of environments, for shells.</summary>
    /// <param name="context">The command's context.</param>
    /// <returns>The names.</returns>
    public static IEnumerable<Candidate> Candidates(ToolContext context)
    {
        using var environments = Open(context);
        var book = environments.Book;
        return
        [
            .. book.Local.Read().Names.Keys.Select(EnvironmentName.OfKey).OfType<EnvironmentName>().Select(static name => name.ToString())
                .Order(StringComparer.Ordinal).Select(static name => new Candidate(name)),
        ];
    }

    /// <summary>Prints an environment for people, with <c>--quiet</c> only its hashes and the kind of machine, unless JSON is
    /// wanted.</summary>
    /// <param name="environment">The environment.</param>
    /// <returns>The environment for programs.</returns>
    public async Task<Dictionary<string, object?>> WriteAsync(ResolvedEnvironment environment)
    {
        var view = await Workspace.ViewAsync(environment, Book, _context.Stopping).ConfigureAwait(false);
        if (!JsonOutput.IsWanted(_context))
        {
            foreach (var line in _context.IsQuiet ? [view.ShortLine] : view.Lines())
            {
                _context.Streams.Out.WriteLine(line);
            }
        }

        return view.ToData();
    }

    /// <inheritdoc/>
    public void Dispose() => _view.Dispose();
}
