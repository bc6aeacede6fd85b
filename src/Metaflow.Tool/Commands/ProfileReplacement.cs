using Metaflow.Commands;

namespace Metaflow.Tool.Commands;

/// <summary>Asks before the settings of a profile are replaced. The commands that set up a store or a service each replace their
/// own.</summary>
internal static class ProfileReplacement
{
    /// <summary>Returns whether a file may be replaced: there is none, <c>--overwrite</c> is given, or the answer is yes.</summary>
    public static bool IsWanted(ToolContext context, string file)
    {
        if (!File.Exists(file) || context.Line.Flag(Profiles.Overwrite.Name) || context.Confirm($"Replace '{file}'?"))
        {
            return true;
        }

        context.Say("Nothing was changed.");
        return false;
    }
}
