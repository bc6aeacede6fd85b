using System.Reflection;
using System.Runtime.Loader;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Services;
using Metaflow.Platform;
using Metaflow.Settings;

namespace Metaflow.Programs;

/// <summary>What the task host does: it makes an object of the flow that it is told, and runs the task as a flow program would.</summary>
/// <remarks>The host, a program of a few lines, calls this by its name: it is part of this package and cannot refer to it.</remarks>
internal static class TaskHostProgram
{
    private const int OwnArguments = 5;

    /// <summary>Runs a task.</summary>
    /// <param name="arguments">The assembly's name, its path, the flow's full name, the class of its services or an empty text,
    /// the plug-ins of the program, and then the arguments of a flow program.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        RuntimeVariables.Take();
        ProgramImages.Keep(AppContext.BaseDirectory);
        FlowSpec flow;
        try
        {
            FlowPlugins.Add(arguments[4]);
            flow = MakeFlow(arguments[0], arguments[1], arguments[2]);
            if (arguments[3].Length > 0)
            {
                flow.Services = new FlowServiceSource(
                    () => FlowServiceSource.Build(Type.GetType(arguments[3], throwOnError: true)!), isOwn: true);
            }
        }
        catch (LaunchException error)
        {
            await Console.Error.WriteLineAsync(
                $"    {error.Headline}:\n    {VisibleText.Line(error.Message)} [{error.Code}]").ConfigureAwait(false);
            return error.ExitCode;
        }

        return await TaskProgram.RunAsync(flow, arguments[OwnArguments..]).ConfigureAwait(false);
    }

    /// <summary>Makes an object of a flow.</summary>
    /// <param name="assembly">The assembly's name.</param>
    /// <param name="path">Its path, for one that is not among the program's dependencies.</param>
    /// <param name="type">The full name of the class.</param>
    /// <returns>The object.</returns>
    /// <exception cref="LaunchException">It cannot be made (MF6041).</exception>
    internal static FlowSpec MakeFlow(string assembly, string path, string type)
    {
        try
        {
            return (FlowSpec)Activator.CreateInstance(Load(assembly, path).GetType(type, throwOnError: true)!, nonPublic: true)!;
        }
        catch (Exception error)
            when (error is IOException or BadImageFormatException or TypeLoadException or MissingMethodException or InvalidCastException
                or TargetInvocationException)
        {
            var cause = error is TargetInvocationException { InnerException: { } inner } ? inner : error;
            throw new LaunchException(
                ErrorCodes.FlowNotLoaded,
                $"The flow '{type}' could not be created in the process of a task.",
                $"Creating it threw {cause.GetType().Name}: {ExceptionText.MessageOf(cause)}",
                "The class needs a constructor without parameters that works in any process. Its assembly must be in the program's folder.",
                error)
            {
                ExitCode = ExitCodes.FailedDoNotRetry,
            };
        }
    }

    private static Assembly Load(string name, string path)
    {
        try
        {
            return Assembly.Load(new AssemblyName(name));
        }
        catch (FileNotFoundException)
        {
            return AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
        }
    }
}
