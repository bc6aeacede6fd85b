using Metaflow.Errors;
using Metaflow.Platform;
using Metaflow.Plugins;
using Metaflow.Storage;

namespace Metaflow.Definition;

/// <summary>Finds the files of <c>[IncludeFile]</c> parameters.</summary>
internal static class IncludedFilePath
{
    /// <summary>Returns the absolute path of a default, which is relative to the flow's source file; beside the program when the source is
    /// elsewhere.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="value">The default.</param>
    /// <param name="definition">The flow.</param>
    /// <returns>The absolute path of an existing file, or an address in a store as it is.</returns>
    /// <exception cref="ConfigurationException">MF2008: there is no such file.</exception>
    public static string OfDefault(ParameterDefinition parameter, object value, FlowDefinition definition)
    {
        var text = value.ToString() ?? "";
        if (IsAddress(text))
        {
            return text;
        }

        var candidates = Folders(definition).Select(folder => UserPath.Of(text, folder)).Distinct().ToList();
        return candidates.Find(File.Exists) ?? throw new ConfigurationException(
            ErrorCodes.IncludeFileNotFound,
            $"Invalid value for '{parameter.OptionName}': could not open file '{candidates[0]}'.",
            $"It is the default of the parameter, '{text}', but there is no such file.",
            $"Put the file there, or give another one with '{parameter.OptionName} PATH'.")
        { ExitCode = ExitCodes.Usage };
    }

    /// <summary>Returns true if a text is the address of an object in a store that the program has, such as
    /// <c>s3://bucket/key</c>.</summary>
    /// <param name="text">The text.</param>
    public static bool IsAddress(string text)
        => StoreAddress.TryParseObject(text, out var place, out _)
            && ProgramPlugins.Registry.NamesOf<IStoreFactory>().Contains(place.Type);

    /// <summary>Returns the folders that a default path may be relative to: that of the flow's source file, and the program's.</summary>
    /// <param name="definition">The flow.</param>
    /// <returns>The folders, the likeliest first.</returns>
    public static IEnumerable<string> Folders(FlowDefinition definition)
    {
        if (Path.GetDirectoryName(definition.SourceFile) is { Length: > 0 } source)
        {
            yield return Path.GetFullPath(source);
        }

        yield return AppContext.BaseDirectory;
    }
}
