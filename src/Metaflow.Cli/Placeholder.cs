namespace Metaflow.Cli; internal static class Placeholder;
