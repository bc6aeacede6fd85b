using System.Diagnostics.CodeAnalysis;
using Metaflow.Cli.Completion;
using Metaflow.Cli.Help;
using Metaflow.Cli.Parsing;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Plugins;
using Metaflow.Running;

namespace Metaflow.Cli.Commands;

/// <summary>A program with commands: what it is called, what it has, and what it does with a command line.</summary>
/// <typeparam name="TContext">What its commands work with.</typeparam>
/// <param name="streams">The console.</param>
/// <param name="interruption">Asked to stop by the program's signal handlers.</param>
/// <param name="plugins">The plug-ins whose commands it has; <see langword="null"/> for those of this process.</param>
internal abstract class CommandHost<TContext>(ConsoleStreams streams, RunInterruption interruption, PluginRegistry? plugins)
    where TContext : CommandContext
{
    private const string ToolsGroup = "Tools";
    private const string PackagesGroup = "From packages";

    private CommandTable<TContext>? _commands;
    private IReadOnlyList<OptionSpecification>? _commonOptions;

    /// <summary>Gets how the user starts the program.</summary>
    public abstract string Invocation { get; }

    /// <summary>Gets all commands by name.</summary>
    public CommandTable<TContext> Commands
        => _commands ??= new CommandTable<TContext>(OwnNames, FindOwnOrShared, plugins ?? ProgramPlugins.Registry);

    /// <summary>Gets the options of every command.</summary>
    public IReadOnlyList<OptionSpecification> CommonOptions => _commonOptions ??= ListCommonOptions();

    /// <summary>Gets examples of the command <c>help</c>.</summary>
    public abstract IReadOnlyList<string> HelpExamples { get; }

    /// <summary>Gets the name of the command that is meant when none is named.</summary>
    protected abstract string DefaultCommand { get; }

    /// <summary>Gets what the program is, for help.</summary>
    protected abstract string Description { get; }

    /// <summary>Gets examples of the program: what follows the invocation.</summary>
    protected abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Gets what help calls the options that are parameters.</summary>
    protected virtual string ParametersTitle => "Parameters";

    /// <summary>Gets the names of the program's own commands, sub-commands with their group's before them.</summary>
    protected abstract IReadOnlyList<string> OwnNames { get; }

    /// <summary>Gets the console, watched.</summary>
    protected ConsoleStreams Streams { get; } = streams.Watched();

    /// <summary>Gets what stops a run.</summary>
    protected RunInterruption Interruption => interruption;

    /// <summary>Does what a command line asks for.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The exit code. Errors are printed, not thrown. When the output takes no more, that is said (MF2104), and the command ends
    /// with <see cref="ExitCodes.Failure"/>.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "The top of the command line: whatever went wrong is reported, never lost.")]
    public async Task<int> ExecuteAsync(IReadOnlyList<string> arguments)
    {
        using var notices = Storage.StoreNotices.To(Streams.Error.WriteLine);
        CommandLineParser? parser = null;
        Command<TContext>? ofPlugin = null;
        try
        {
            parser = new CommandLineParser(CommonOptions, Commands.Names, Specify) { DefaultCommand = DefaultCommand };
            Settings.GivenTexts.CheckArguments(arguments);
            var line = parser.Parse(arguments, Streams.Environment);
            var context = MakeContext(line);
            if (line.WantsVersion)
            {
                return await new VersionCommand<TContext>().ExecuteAsync(context).ConfigureAwait(false);
            }

            if (line.WantsHelp)
            {
                WriteHelp(line.CommandWasNamed ? line.Command : null);
                return ExitCodes.Success;
            }

            context.WriteHelp = () => WriteHelp(line.Command);
            var added = Commands.OfPlugin(line.Command.Name);
            if (added is not null)
            {
                line.CheckRequired();
                ofPlugin = added;
            }

            var command = added ?? Commands.Find(line.Command.Name)!;
            Begin(context, command);
            return await command.ExecuteAsync(context).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // What is wrong with a plug-in is no fault of the framework, and its users have to know whom to tell.
            return Report(
                ofPlugin is not null && IsFault(error)
                    ? InternalException.OfPlugin(error, parser!.Command!.Name, ofPlugin.GetType())
                    : error,
                parser?.Command);
        }
    }

    /// <summary>Returns what a command accepts, its name, its sub-commands and what the host adds with it.</summary>
    /// <param name="name">The command's name.</param>
    /// <returns>What it accepts, or <see langword="null"/> when there is no such command.</returns>
    public CommandSpecification? Specify(string name)
    {
        if (Commands.Find(name) is not { } command)
        {
            return null;
        }

        var isOfPlugin = Commands.OfPlugin(name) is not null;
        var specification = Complete(isOfPlugin ? SpecificationOfPlugin(name, command) : command.Specification) with
        {
            Name = name,
            Group = isOfPlugin ? PackagesGroup : GroupOf(name),
            Subcommands = [.. Commands.Subcommands(name).Select(subcommand => Specify(subcommand)!)],
        };
        if (isOfPlugin)
        {
            PluginCommandRules.Check(specification, CommonOptions, command.GetType());
        }

        return specification;
    }

    /// <summary>Writes help.</summary>
    /// <param name="command">The command to explain; <see langword="null"/> for the program.</param>
    public void WriteHelp(CommandSpecification? command)
    {
        var page = new HelpPage(Streams, Invocation);
        if (command is null)
        {
            page.WriteProgram(Description, [.. Commands.Names.Select(name => Specify(name)!)], Examples);
        }
        else
        {
            page.WriteCommand(command, CommonOptions, ParametersTitle);
        }
    }

    /// <summary>Writes the options that every command accepts.</summary>
    public void WriteOptions() => new HelpPage(Streams, Invocation).WriteOptions(CommonOptions);

    /// <summary>Returns values for a shell to offer.</summary>
    /// <param name="context">What commands work with.</param>
    /// <param name="of">What they are values of: an option with its dashes, or an argument as help writes it.</param>
    /// <param name="typed">What was typed of the value.</param>
    public virtual IEnumerable<Candidate> ValuesOf(TContext context, string of, string typed) => of switch
    {
        "COMMAND" => Commands.Names.Append(HelpCommand<TContext>.OptionsTopic).Select(static name => new Candidate(name)),
        "SHELL" => ShellScript.Shells.Select(static shell => new Candidate(shell)),
        _ => [],
    };

    /// <summary>Returns the title under which help lists one of the program's own commands.</summary>
    /// <param name="name">The command's name.</param>
    protected virtual string GroupOf(string name) => ToolsGroup;

    /// <summary>Makes one of the program's own commands.</summary>
    protected abstract Command<TContext>? FindOwn(string name);

    /// <summary>Returns the options of every command, as help lists them.</summary>
    protected abstract IReadOnlyList<OptionSpecification> ListCommonOptions();

    /// <summary>Makes what commands work with.</summary>
    protected abstract TContext MakeContext(ParsedCommandLine line);

    /// <summary>Adds what this program adds to what a command accepts.</summary>
    protected virtual CommandSpecification Complete(CommandSpecification specification) => specification;

    /// <summary>Checks what was typed, and prints what comes before a command's own output.</summary>
    protected virtual void Begin(TContext context, Command<TContext> command) => command.CheckInput(context);

    private Command<TContext>? FindOwnOrShared(string name) => FindOwn(name) ?? name switch
    {
        "completion" => new CompletionCommand<TContext>(this),
        "complete" => new CompleteCommand<TContext>(this),
        "version" => new VersionCommand<TContext>(),
        "help" => new HelpCommand<TContext>(this),
        _ => null,
    };

    /// <summary>Prints what ended the command; when the output takes no more, that is said.</summary>
    /// <returns>The exit code.</returns>
    private int Report(Exception error, CommandSpecification? command)
    {
        try
        {
            switch (error)
            {
                case MetaflowException { ExitCode: ExitCodes.Usage } wrong:
                    var usage = command is null ? $"{Invocation} [OPTIONS] COMMAND [ARGS]..." : UsageText.Of(Invocation, command);
                    ErrorView.WriteUsageError(
                        Streams, wrong, usage, string.Join(' ', new[] { Invocation, command?.Name, "--help" }.OfType<string>()));
                    return wrong.ExitCode;
                case MetaflowException known:
                    ErrorView.WriteError(Streams, known);
                    return known.ExitCode;
                case OperationCanceledException when Interruption.Token.IsCancellationRequested:
                    Streams.Error.WriteLine("Aborted!");
                    return Interruption.ExitCode;
                case IOException when Streams.HasLostText():
                    ErrorView.WriteLostOutput(Streams);
                    return ExitCodes.Failure;
                default:
                    // A fault of the framework is reported as one, in a sentence.
                    ErrorView.WriteError(Streams, InternalException.Of(error));
                    return ExitCodes.Failure;
            }
        }
        catch (IOException) when (Streams.HasLostText())
        {
            ErrorView.WriteLostOutput(Streams);
            return ExitCodes.Failure;
        }
    }

    private CommandSpecification SpecificationOfPlugin(string name, Command<TContext> command)
    {
        try
        {
            return command.Specification;
        }
        catch (Exception fault) when (IsFault(fault))
        {
            throw InternalException.OfPlugin(fault, name, command.GetType());
        }
    }

    private bool IsFault(Exception exception) => exception switch
    {
        MetaflowException => false,
        OperationCanceledException => !Interruption.Token.IsCancellationRequested,
        IOException => !Streams.HasLostText(),
        _ => true,
    };
}
