using Metaflow.Errors;

namespace Metaflow.Plugins;

/// <summary>The errors of plug-ins that cannot be registered.</summary>
internal static class PluginErrors
{
    /// <summary>Describes who adds a part.</summary>
    /// <param name="plugin">The plug-in, or <see langword="null"/> for the program itself.</param>
    /// <returns>The description.</returns>
    public static string Describe(Type? plugin)
        => plugin is null ? "the program itself" : $"'{plugin.FullName}' of '{plugin.Assembly.GetName().Name}'";

    /// <summary>Returns the error of two parts of one name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="first">Who added the first.</param>
    /// <param name="second">Who adds the other.</param>
    /// <returns>The error.</returns>
    public static ConfigurationException NameTaken(string name, Type? first, Type? second)
    {
        var isOwn = IsFramework(first) || IsFramework(second);
        return new ConfigurationException(
            ErrorCodes.PluginNameTaken,
            isOwn ? $"A plug-in adds '{name}', which the framework already has." : $"Two plug-ins add '{name}'.",
            $"{Describe(first)} and {Describe(second)} add parts of the same name and purpose.",
            isOwn
                ? "Inform the author of the package, who must choose another name. Do not reference the package until then."
                : "Reference only one of the two packages.");
    }

    /// <summary>Returns the error of a part of which nobody can know what it is.</summary>
    /// <param name="name">The part's name.</param>
    /// <param name="contract">The class that it is added as.</param>
    /// <param name="plugin">Who adds it.</param>
    /// <returns>The error.</returns>
    public static ConfigurationException WithoutContract(string name, Type contract, Type? plugin) => new(
        ErrorCodes.PluginPartWithoutContract,
        $"A plug-in adds a part '{name}' that cannot be found.",
        $"{Describe(plugin)} adds it as a '{contract.Name}', which is a class and not a contract.",
        "The author of the plug-in must name the contract, for example 'registry.Add<ILauncherFactory>(name, part)'.");

    /// <summary>Returns the error of a part that the processes of tasks would not find, since they are told the name that it gives
    /// itself.</summary>
    /// <param name="what">What it is.</param>
    /// <param name="registered">The name under which it is registered.</param>
    /// <param name="found">What it calls itself.</param>
    /// <returns>The error.</returns>
    public static ConfigurationException TypeDiffers(string what, string registered, string found) => new(
        ErrorCodes.PluginTypeDiffers,
        $"The {what} of type '{registered}' calls itself '{found}'.",
        "Tasks and clients open it by its own type name, and would not find it.",
        $"The author of the plug-in must return '{registered}' from 'TypeName', or register it as '{found}'.")
    { ExitCode = ExitCodes.Usage };

    /// <summary>Returns the error of what a plug-in throws while it adds its parts, or makes one.</summary>
    /// <param name="fault">What it throws.</param>
    /// <param name="plugin">The plug-in.</param>
    /// <param name="part">The name of the part that it makes; <see langword="null"/> while it adds them.</param>
    /// <returns>The error.</returns>
    public static MetaflowException Of(Exception fault, Type? plugin, string? part)
    {
        var what = part is null ? "The plug-in" : $"The part '{part}' of the plug-in";
        if (fault is not (TypeLoadException or MissingMemberException or FileNotFoundException
            or FileLoadException or BadImageFormatException))
        {
            return LimitReached.Of(fault) ?? (MetaflowException)new InternalException(
                ErrorCodes.PluginFault,
                $"{what} {Describe(plugin)} failed unexpectedly: {fault.GetType().FullName}: {fault.Message.TrimEnd('.')}.",
                "It failed while it was registered or created, before any of its code was used.",
                "Report it to the plug-in's author with this message.",
                fault);
        }

        return new ConfigurationException(
            ErrorCodes.PluginIncompatible,
            $"{what} {Describe(plugin)} does not fit Metaflow {ProductVersion.Text}.",
            $"It was built for another version, or a package that it needs is missing: {fault.Message.TrimEnd('.')}.",
            "Reference a version of the package that was built for this version of Metaflow, or change the version of Metaflow.",
            fault);
    }

    private static bool IsFramework(Type? plugin) => plugin?.Assembly.GetName().Name is "Metaflow" or "Metaflow.Core";
}
