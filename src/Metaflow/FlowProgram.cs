using Metaflow.Cli;
using Metaflow.Cli.Commands;
using Metaflow.Cli.Terminal;
using Metaflow.Cli.Views;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Programs;
using Metaflow.Running;
using Metaflow.Services;
using Metaflow.Settings;

namespace Metaflow;

/// <summary>The entry point of a flow program: <c>return await FlowProgram.RunAsync&lt;MyFlow&gt;(args);</c>.</summary>
public static class FlowProgram
{
    /// <summary>Executes the command line: runs the flow, shows it, or runs one task of it.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The exit code: 0 for success, 1 for a failure, 2 for a wrong command line, 143 after SIGTERM.</returns>
    public static Task<int> RunAsync<TFlow>(string[] arguments)
        where TFlow : FlowSpec, new()
    {
        Begin();
        ArgumentNullException.ThrowIfNull(arguments);
        var flow = new ChosenFlow(typeof(TFlow), static () => new TFlow(), [], arguments);
        return RunPart(flow) ?? RunCommandAsync(flow);
    }

    /// <summary>Executes the command line, with services for the flow's properties marked
    /// <see cref="ServiceAttribute"/>.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="services">Creates the services. It is called in the process of a task when the step first uses a service. The
    /// services are disposed when the task ends.</param>
    /// <returns>The exit code, as without services.</returns>
    public static Task<int> RunAsync<TFlow>(string[] arguments, Func<IServiceProvider> services)
        where TFlow : FlowSpec, new()
    {
        Begin();
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(services);
        var flow = new ChosenFlow(
            typeof(TFlow), () => new TFlow { Services = new FlowServiceSource(services, isOwn: true) }, [], arguments);
        return RunPart(flow) ?? RunCommandAsync(flow);
    }

    /// <summary>Executes the command line of a program with several flows: the first argument names the flow, and the rest is the same as
    /// for one flow (<c>app TrainFlow run</c>). Without arguments, it lists the flows.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="flows">The flow classes, each with a public parameterless constructor.</param>
    /// <returns>The exit code: 0 for success, 1 for a failure (MF1074: a type is not a flow, or two have one name), 2 for a wrong command
    /// line (MF6010: no such flow), 143 after SIGTERM.</returns>
    public static Task<int> RunAsync(string[] arguments, params Type[] flows)
    {
        Begin();
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(flows);
        if (ChildProgram.IsChild(arguments))
        {
            return RunChildAsync(arguments);
        }

        var selection = new FlowSelection(flows);
        try
        {
            return selection.Choose(arguments) is { } chosen
                ? RunTask(chosen) ?? RunCommandAsync(chosen)
                : Task.FromResult(ListFlows(selection, arguments));
        }
        catch (FlowDefinitionException error)
        {
            // Looking for a flow by its name makes objects of those before it.
            return Task.FromResult(Report(error));
        }
    }

    /// <summary>Sets up a program with one flow that registers its plug-ins itself.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <returns>The program: add plug-ins, then run it.</returns>
    public static FlowProgramSetup For<TFlow>()
        where TFlow : FlowSpec, new()
        => new(RunAsync<TFlow>);

    /// <summary>Sets up a program with one flow and services that registers its plug-ins itself.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="services">Makes the services, as for <see cref="RunAsync{TFlow}(string[], Func{IServiceProvider})"/>.</param>
    /// <returns>The program: add plug-ins, then run it.</returns>
    public static FlowProgramSetup For<TFlow>(Func<IServiceProvider> services)
        where TFlow : FlowSpec, new()
        => new(arguments => RunAsync<TFlow>(arguments, services));

    /// <summary>Sets up a program with several flows that registers its plug-ins itself.</summary>
    /// <param name="flows">The flow classes, as for <see cref="RunAsync(string[], Type[])"/>.</param>
    /// <returns>The program: add plug-ins, then run it.</returns>
    public static FlowProgramSetup For(params Type[] flows) => new(arguments => RunAsync(arguments, flows));

    /// <summary>Runs what the framework itself starts a program for, a task of its flow or of another; <see langword="null"/> when a user
    /// asks for a command.</summary>
    private static Task<int>? RunPart(ChosenFlow flow)
        => ChildProgram.IsChild(flow.Arguments) ? RunChildAsync(flow.Arguments) : RunTask(flow);

    private static Task<int>? RunTask(ChosenFlow flow)
        => TaskProgram.IsTask(flow.Arguments) ? TaskProgram.RunAsync(flow.Make(), flow.Arguments) : null;

    private static Task<int> RunChildAsync(string[] arguments)
    {
        try
        {
            var flow = ChildProgram.Read(arguments);
            return RunTask(flow) ?? RunCommandAsync(flow);
        }
        catch (LaunchException error)
        {
            return Task.FromResult(Report(error));
        }
    }

    private static int Report(MetaflowException error)
    {
        ErrorView.Report(ProcessConsole.Open(), error);
        return error.ExitCode;
    }

    private static int ListFlows(FlowSelection selection, string[] arguments)
        => ProgramCommandLine.Execute(ProgramInvocation.Find(), selection.Describe(), arguments, ProcessConsole.Open());

    // A method of its own, so that the process of a task never loads the command line's assembly.
    private static async Task<int> RunCommandAsync(ChosenFlow flow)
    {
        using var interruption = new RunInterruption();
        using var signals = new InterruptionSignals(interruption, hasEchoes: GivenInvocation.Text is not null);
        var streams = ProcessConsole.Open();
        try
        {
            GivenTexts.CheckArguments(flow.Arguments);
            FlowPlugins.AddOf(flow.Type);
            var settings = SettingsLoader.LoadOrDefault(streams.Environment, streams.WorkingFolder);
            var invocation = flow.Typed.Length == 0 ? ProgramInvocation.Find() : $"{ProgramInvocation.Find()} {flow.Typed}";
            var application = new FlowApplication(flow.MakeForCommand, settings, invocation, TimeProvider.System)
            {
                Selection = flow.Selection,
            };
            return await new FlowCommandHost(application, streams, interruption).ExecuteAsync(flow.Arguments).ConfigureAwait(false);
        }
        catch (MetaflowException error) when (error is ConfigurationException or FlowDefinitionException or InternalException)
        {
            // Plug-ins are registered, and the flow is made, before there is a command line that could report what is wrong with them.
            ErrorView.Report(streams, error);
            return error.ExitCode;
        }
    }

    private static void Begin()
    {
        RuntimeVariables.Take();
        ProgramImages.Keep(AppContext.BaseDirectory);
    }
}
