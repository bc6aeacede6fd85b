using Metaflow.Cli;
using Metaflow.Cli.Terminal;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Programs;
using Metaflow.Services;
using Metaflow.Settings;

namespace Metaflow;

/// <summary>The entry point of a flow program: <c>return await FlowProgram.RunAsync&lt;MyFlow&gt;(args);</c>.</summary>
public static class FlowProgram
{
    /// <summary>Does what the command line asks for: runs the flow, shows it, or runs one task of it.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="arguments">The program's arguments.</param>
    /// <returns>The exit code: 0 for success, 1 for a failure, 2 for a wrong command line, 143 after SIGTERM.</returns>
    public static Task<int> RunAsync<TFlow>(string[] arguments)
        where TFlow : FlowSpec, new()
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return RunAsync(static () => new TFlow(), arguments);
    }

    /// <summary>Does what the command line asks for, with services for the flow's properties marked <see cref="ServiceAttribute"/>.</summary>
    /// <typeparam name="TFlow">The flow's class.</typeparam>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="services">Makes the services; called in the process of a task when its step first uses one. They are disposed when the task ends.</param>
    /// <returns>The exit code, as without services.</returns>
    public static Task<int> RunAsync<TFlow>(string[] arguments, Func<IServiceProvider> services)
        where TFlow : FlowSpec, new()
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(services);
        return RunAsync(() => new TFlow { Services = new FlowServiceSource(services, isOwn: true) }, arguments);
    }

    private static Task<int> RunAsync(Func<FlowSpec> makeFlow, string[] arguments)
        => TaskProgram.IsTask(arguments) ? TaskProgram.RunAsync(makeFlow(), arguments) : RunCommandAsync(makeFlow, arguments);

    // A method of its own, so that the process of a task never loads the command line's assembly.
    private static async Task<int> RunCommandAsync(Func<FlowSpec> makeFlow, string[] arguments)
    {
        using var interruption = new RunInterruption();
        using var signals = new InterruptionSignals(interruption);
        var streams = ConsoleStreams.OfProcess();
        try
        {
            var settings = SettingsLoader.Load(streams.Environment, streams.WorkingFolder);
            var application = new FlowApplication(makeFlow, settings, ProgramInvocation.Find(), TimeProvider.System);
            return await FlowCommandLine.ExecuteAsync(application, arguments, streams, interruption).ConfigureAwait(false);
        }
        catch (ConfigurationException error)
        {
            // The settings are read before there is a command line that could report them.
            FlowCommandLine.Report(streams, error);
            return error.ExitCode;
        }
    }
}
