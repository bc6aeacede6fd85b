using Metaflow.Environments.Workspaces;
using Metaflow.Launching;
using Metaflow.Running;
using Metaflow.Scheduling;
using Metaflow.Settings;

namespace Metaflow.StepEnvironments;

/// <summary>Prepares the environments of a run before it starts.</summary>
internal static class EnvironmentSetup
{
    /// <summary>Finds the environments of the steps, and creates those that are not here yet.</summary>
    /// <param name="context">What the run works with.</param>
    /// <returns>The environments; none where tasks run with the packages of the program.</returns>
    /// <exception cref="Errors.MetaflowException">See <see cref="EnvironmentPlanner.PlanAsync"/>.</exception>
    public static async Task<PlannedEnvironments> PlanAsync(RunContext context)
    {
        if (context.Settings.EnvironmentType == EnvironmentTypes.Local)
        {
            return PlannedEnvironments.None;
        }

        if (context.Program == ProgramLocation.None)
        {
            context.Observer.OnEvent(new RunEvent.Message(
                context.Time.GetUtcNow(),
                "Tasks run in this process, with the packages that the program was compiled with: the versions that [NuGet] asks for do "
                    + "not count. Use '--isolation process' to run each task with its own."));
            return PlannedEnvironments.None;
        }

        var workspace = EnvironmentWorkspace.Open(
            context.Settings, context.StoreOptions, DotnetHost.Find() ?? "dotnet", context.Request.WorkingFolder,
            text => context.Observer.OnEvent(new RunEvent.Message(context.Time.GetUtcNow(), text)));
        return await new EnvironmentPlanner(context.Definition, context.DecoratorsOf, workspace)
            .PlanAsync(context.Program, default).ConfigureAwait(false);
    }
}
