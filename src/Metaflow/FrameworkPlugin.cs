using System.Runtime.CompilerServices;
using Metaflow.Cli.Configs;
using Metaflow.Commands;
using Metaflow.Configs;
using Metaflow.Decorators;
using Metaflow.Environments.Settings;
using Metaflow.Launching;
using Metaflow.Plugins;
using Metaflow.StepEnvironments;
using Metaflow.EnvironmentCommands;

namespace Metaflow;

/// <summary>Adds the framework's own decorators, its launcher, and the formats of configuration files beside JSON.</summary>
internal sealed class FrameworkPlugin : IMetaflowPlugin
{
    /// <inheritdoc/>
    public static void Register(PluginRegistry registry)
    {
        registry.AddDecorator("catch", static () => new CatchAttribute());
        registry.AddDecorator("conda", static () => new CondaAttribute());
        registry.AddDecorator("conda_tools", static () => new CondaToolsAttribute());
        registry.AddDecorator("dotnet", static () => new DotNetAttribute());
        registry.AddDecorator("environment", static () => new EnvironmentVariablesAttribute());
        registry.AddDecorator("local", static () => new LocalAttribute());
        registry.AddDecorator("max_parallel", static () => new MaxParallelAttribute());
        registry.AddDecorator("named_env", static () => new NamedEnvironmentAttribute());
        registry.AddDecorator(NoCacheAttribute.DiskName, static () => new NoCacheAttribute());
        registry.AddDecorator("nuget", static () => new NuGetAttribute());
        registry.AddDecorator("nuget_sources", static () => new NuGetSourcesAttribute());
        registry.AddDecorator("pypi", static () => new PyPIAttribute());
        registry.AddDecorator("python_step", static () => new PythonStepAttribute());
        registry.AddDecorator("resources", static () => new ResourcesAttribute());
        registry.AddDecorator("retry", static () => new RetryAttribute());
        registry.AddDecorator("secrets", static () => new SecretsAttribute());
        registry.AddDecorator("sys_packages", static () => new SysPackagesAttribute());
        registry.AddDecorator("timeout", static () => new TimeoutAttribute());
        registry.AddFlowDecorator("exit_hook", static () => new ExitHookAttribute());
        registry.AddFlowDecorator("project", static () => new ProjectAttribute(""));
        registry.AddFlowDecorator("schedule", static () => new ScheduleAttribute());
        registry.AddFlowDecorator("trigger", static () => new TriggerAttribute());
        registry.AddFlowDecorator("trigger_on_finish", static () => new TriggerOnFinishAttribute());

        registry.Add<Command<FlowContext>>(
            "environment", static () => new CommandGroup<FlowContext>("Packages of the steps.", "environment show", "environment resolve"));
        registry.Add<Command<FlowContext>>("environment resolve", static () => new EnvironmentResolveCommand());
        registry.Add<Command<FlowContext>>("environment show", static () => new EnvironmentShowCommand());
        registry.Use(typeof(LocalLauncherPlugin), LocalLauncherPlugin.Register);
        foreach (var setting in EnvironmentSettings.All)
        {
            registry.AddSetting(setting);
        }

        // The assembly with the format is loaded when a flow has configurations.
        registry.Add<IConfigParser>("yaml", static () => new YamlConfigParser());
    }

#pragma warning disable CA2255 // As the generated code of a program: whoever uses the assembly has to see it.
    [ModuleInitializer]
    internal static void Add()
    {
        EnvironmentOfProcess.Attach();
        ProgramPlugins.Add(typeof(FrameworkPlugin), Register);
    }
#pragma warning restore CA2255
}
